using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Invariants;

/// <summary>
/// A queue of distinct elements: <c>enqueue</c>, <c>dequeue</c> (nil when it was empty), and <c>drain</c>, a list of all that was left.
/// </summary>
/// <remarks>
/// Guarantee: invalid when an element is taken twice, is taken though nobody tried to put it (or the putting failed), is put with an
/// acknowledgement and gone although the queue was later seen empty, or, for a queue in order, is overtaken by one that was put after it
/// and taken before it. A dequeue of unknown outcome may have taken any one
/// element, an unknown drain any number.
/// Cost: sorts the elements.
/// Fails when: an operation is none of these: <see cref="HistoryFormatException"/>. An element put twice makes the verdict unknown.
/// Source: Jepsen's total-queue checker; Henzinger, Sezgin and Vafeiadis, Aspect-oriented linearizability proofs, 2013, for the order.
/// </remarks>
/// <param name="fifo">Whether first in must be first out.</param>
public sealed class QueueCheck(bool fifo = false) : IHistoryCheck
{
    /// <inheritdoc/>
    public string Name => fifo ? "fifo-queue" : "queue";

    /// <inheritdoc/>
    public string About => "enqueue e, dequeue -> e, drain -> [e …]: nothing is lost, doubled or made up"
        + (fifo ? ", and first in is first out" : "");

    /// <inheritdoc/>
    public CheckReport Check(History history, CheckLimits? limits = null, CancellationToken cancellationToken = default)
    {
        var puts = new Dictionary<HistoryValue, HistoryOperation>();
        var takes = new Dictionary<HistoryValue, HistoryOperation>();
        var findings = new FindingList();
        foreach (var put in history.Operations.Where(o => o.Function == "enqueue"))
            if (!puts.TryAdd(put.Input, put))
                return Reports.Unknown(Name, $"{put.Input} is put twice, so its takers cannot be told apart");
        var emptyFrom = -1;
        var unknown = 0;
        foreach (var operation in history.Operations)
        {
            if (operation.Function is not ("enqueue" or "dequeue" or "drain"))
                throw Reports.NoFunction(Name, operation);
            if (operation.Function != "enqueue" && operation.Outcome == HistoryOutcome.Unknown)
                unknown = operation.Function == "drain" ? int.MaxValue : unknown == int.MaxValue ? unknown : unknown + 1;
            if (operation.Function == "enqueue" || operation.Outcome != HistoryOutcome.Ok)
                continue;
            var taken = TakenBy(operation);
            if (operation.Function == "drain" || taken.Count == 0)
                emptyFrom = Math.Max(emptyFrom, operation.Invoked);
            foreach (var element in taken)
                Take(operation, element, puts, takes, findings);
        }
        Lost(history, puts, takes, emptyFrom, unknown, findings);
        if (fifo)
            Overtaken(puts, takes, findings);
        var left = puts.Count(p => p.Value.Outcome == HistoryOutcome.Ok && !takes.ContainsKey(p.Key));
        var counts = new[] { $"{puts.Count} put", $"{takes.Count} taken", $"{left} not seen again" };
        return Reports.Of(Name, history, findings, QueueWitness.Confirms, counts);
    }

    private static IReadOnlyList<HistoryValue> TakenBy(HistoryOperation operation) => operation.Function switch
    {
        "dequeue" => operation.Output.IsNil ? [] : [operation.Output],
        "drain" => operation.Output.Items,
        _ => [],
    };

    private static void Take(
        HistoryOperation taker,
        HistoryValue element,
        Dictionary<HistoryValue, HistoryOperation> puts,
        Dictionary<HistoryValue, HistoryOperation> takes,
        FindingList findings)
    {
        if (!puts.TryGetValue(element, out var put) || put.Invoked > taker.Completed)
            findings.Add("unexpected", () =>
                new Finding("unexpected", $"{element} is taken, which nobody had put", [taker], null, element));
        else if (put.Outcome == HistoryOutcome.Fail)
            findings.Add("unexpected", () =>
                new Finding("unexpected", $"{element} is taken, whose putting failed", [put, taker], null, element));
        if (!takes.TryAdd(element, taker))
            findings.Add("doubled", () => new Finding("doubled", $"{element} is taken twice", [takes[element], taker], null, element));
    }

    // Only what was put before the queue was last seen empty can be known to be gone, and each unknown dequeue may have taken one.
    private static void Lost(
        History history,
        Dictionary<HistoryValue, HistoryOperation> puts,
        Dictionary<HistoryValue, HistoryOperation> takes,
        int emptyFrom,
        int unknown,
        FindingList findings)
    {
        var lost = history.Operations
            .Where(o => o.Function == "enqueue" && o.Outcome == HistoryOutcome.Ok && o.Completed < emptyFrom && !takes.ContainsKey(o.Input))
            .ToArray();
        foreach (var put in lost.Length > unknown ? lost : [])
            findings.Add("lost", () => new Finding(
                "lost",
                $"{put.Input} was put, and later the queue was empty and nobody had taken it",
                [.. lost.Take(unknown + 1), history.Operations.First(o => o.Outcome == HistoryOutcome.Ok && o.Invoked == emptyFrom)],
                null,
                put.Input));
    }

    // Among those put before an element was put, none may be taken only after the element was.
    private static void Overtaken(
        Dictionary<HistoryValue, HistoryOperation> puts, Dictionary<HistoryValue, HistoryOperation> takes, FindingList findings)
    {
        var taken = puts.Values.Where(p => takes.ContainsKey(p.Input)).ToArray();
        var byCompletion = taken.Where(p => p.Outcome == HistoryOutcome.Ok).OrderBy(p => p.Completed).ToArray();
        var next = 0;
        HistoryOperation? latest = null;
        foreach (var put in taken.OrderBy(p => p.Invoked))
        {
            for (; next < byCompletion.Length && byCompletion[next].Completed < put.Invoked; next++)
                if (latest is null || takes[byCompletion[next].Input].Invoked > takes[latest.Input].Invoked)
                    latest = byCompletion[next];
            if (latest is { } first && takes[first.Input].Invoked > takes[put.Input].Completed)
                findings.Add("overtaken", () => new Finding(
                    "overtaken",
                    $"{put.Input} was put after {first.Input} and taken before it",
                    [first, put, takes[put.Input], takes[first.Input]],
                    null,
                    put.Input));
        }
    }
}
