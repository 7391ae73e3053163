using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Invariants;

/// <summary>Looks at what is said of a set again, from the history alone.</summary>
internal static class SetWitness
{
    public static bool Confirms(History history, Finding finding)
    {
        var (first, read, element) = (finding.Operations[0], finding.Operations[^1], finding.Value!);
        var adds = history.Operations.Where(o => o.Function == "add" && o.Input.Equals(element) && Equals(o.Key, finding.Key)).ToArray();
        var count = read.Output.Items.Count(e => e.Equals(element));
        return finding.Name switch
        {
            "duplicated" => count > 1,
            "unexpected" => count > 0 && adds.All(a => a.Invoked > read.Completed),
            "revived" => count > 0 && adds.All(a => a.Outcome == HistoryOutcome.Fail),
            _ => count == 0 && first.Outcome == HistoryOutcome.Ok && first.Completed < read.Invoked
                && (first.Function == "add" ? first.Input.Equals(element) : first.Output.Items.Contains(element)),
        };
    }
}
