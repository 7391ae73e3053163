using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Dependencies;

/// <summary>
/// The real-time order of operations in edges linear in their number: each completion leads to a node for its moment, the moments lead
/// from one to the next, and the last moment before an invocation leads to the operation. One operation reaches another exactly when it
/// was completed before the other was invoked.
/// </summary>
/// <remarks>
/// Elle (Kingsbury and Alvaro, 2020, section 5.1) keeps the frontier of completed operations and writes down the transitive reduction,
/// which has an edge for each pair of neighbours and so grows with the concurrency. Moments do not.
/// </remarks>
internal static class RealTimeOrder
{
    /// <summary>Adds the edges.</summary>
    /// <param name="operations">The operations; operation <c>i</c> is node <c>i</c>. Failed ones have no place in the order.</param>
    /// <param name="eventCount">How many events the history has.</param>
    /// <param name="edges">Where the edges go.</param>
    /// <param name="kind">What they are.</param>
    public static void AddTo(IReadOnlyList<HistoryOperation> operations, int eventCount, EdgeList edges, DependencyKind kind)
    {
        var completedAt = new int[eventCount];
        for (var i = 0; i < operations.Count; i++)
            if (operations[i].Outcome == HistoryOutcome.Ok)
                completedAt[operations[i].Completed] = i + 1;
        var moment = -1;
        var isUsed = false;
        var place = 0;
        for (var i = 0; i < operations.Count; i++)
        {
            for (; place < operations[i].Invoked; place++)
            {
                if (completedAt[place] == 0)
                    continue;
                if (moment < 0 || isUsed)
                {
                    var next = edges.AddNode();
                    if (moment >= 0)
                        edges.Add(moment, next, kind);
                    moment = next;
                    isUsed = false;
                }
                edges.Add(completedAt[place] - 1, moment, kind);
            }
            if (moment < 0 || operations[i].Outcome == HistoryOutcome.Fail)
                continue;
            edges.Add(moment, i, kind);
            isUsed = true;
        }
    }
}
