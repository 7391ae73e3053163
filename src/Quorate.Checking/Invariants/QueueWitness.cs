using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Invariants;

/// <summary>Looks at what is said of a queue again, from the history alone.</summary>
internal static class QueueWitness
{
    public static bool Confirms(History history, Finding finding)
    {
        var operations = finding.Operations;
        bool Takes(HistoryOperation o, HistoryValue element) =>
            o.Outcome == HistoryOutcome.Ok && (o.Function == "drain" ? o.Output.Items.Contains(element) : o.Function == "dequeue" && o.Output.Equals(element));
        var puts = history.Operations.Where(o => o.Function == "enqueue" && o.Input.Equals(finding.Value)).ToArray();
        switch (finding.Name)
        {
            case "unexpected":
                return Takes(operations[^1], finding.Value!)
                    && puts.All(p => p.Outcome == HistoryOutcome.Fail || p.Invoked > operations[^1].Completed);
            case "doubled":
                return puts.Length < 2 && history.Operations.Sum(o => Takes(o, finding.Value!) ? QueueCheck.TakenBy(o).Count(finding.Value!.Equals) : 0) > 1;
            case "lost":
                var gone = operations.SkipLast(1).ToArray();
                var unknown = history.Operations.Count(o => o.Function != "enqueue" && o.Outcome == HistoryOutcome.Unknown);
                return gone.Length > unknown && !history.Operations.Any(o => o.Function == "drain" && o.Outcome == HistoryOutcome.Unknown) && gone.All(p => p.Outcome == HistoryOutcome.Ok && p.Completed < operations[^1].Invoked
                    && !history.Operations.Any(o => Takes(o, p.Input)));
            default:
                return operations[0].Outcome == HistoryOutcome.Ok && operations[0].Completed < operations[1].Invoked
                    && operations[2].Completed < operations[3].Invoked
                    && Takes(operations[2], operations[1].Input) && Takes(operations[3], operations[0].Input);
        }
    }
}
