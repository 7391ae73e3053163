using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Invariants;

/// <summary>Looks at what is said of a queue again, from the history alone.</summary>
internal static class QueueWitness
{
    public static bool Confirms(History history, Finding finding)
    {
        var operations = finding.Operations;
        var last = operations[^1];
        var puts = history.Operations.Where(o => o.Function == "enqueue" && o.Input.Equals(finding.Value)).ToArray();
        return finding.Name switch
        {
            "unexpected" =>
                Takes(last, finding.Value!) > 0 && puts.All(p => p.Outcome == HistoryOutcome.Fail || p.Invoked > last.Completed),
            "doubled" => puts.Length < 2 && history.Operations.Sum(o => Takes(o, finding.Value!)) > 1,
            "lost" => IsLost(history, operations.SkipLast(1).ToArray(), last),
            _ => operations[0].Outcome == HistoryOutcome.Ok && operations[0].Completed < operations[1].Invoked
                && operations[2].Completed < operations[3].Invoked
                && Takes(operations[2], operations[1].Input) > 0 && Takes(operations[3], operations[0].Input) > 0,
        };
    }

    // More are gone than the dequeues of unknown outcome can have taken.
    private static bool IsLost(History history, HistoryOperation[] gone, HistoryOperation empty)
    {
        var unknown = history.Operations.Where(o => o.Function != "enqueue" && o.Outcome == HistoryOutcome.Unknown).ToArray();
        return gone.Length > unknown.Length && unknown.All(o => o.Function == "dequeue")
            && (empty.Function == "drain" || empty.Function == "dequeue" && empty.Output.IsNil) && empty.Outcome == HistoryOutcome.Ok
            && gone.All(p =>
                p.Outcome == HistoryOutcome.Ok && p.Completed < empty.Invoked && history.Operations.All(o => Takes(o, p.Input) == 0));
    }

    private static int Takes(HistoryOperation operation, HistoryValue element)
    {
        if (operation.Outcome != HistoryOutcome.Ok || operation.Function == "enqueue")
            return 0;
        return operation.Function == "drain" ? operation.Output.Items.Count(element.Equals) : operation.Output.Equals(element) ? 1 : 0;
    }
}
