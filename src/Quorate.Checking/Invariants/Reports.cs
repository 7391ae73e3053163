using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Invariants;

/// <summary>Makes reports of findings, of which only those count that an independent look at the history confirms.</summary>
internal static class Reports
{
    public static CheckReport Of(
        string model, History history, FindingList findings, Func<History, Finding, bool> confirms, params string[] counts)
    {
        var all = findings.ToFindings();
        var confirmed = all.Where(f => confirms(history, f)).ToArray();
        if (confirmed.Length > 0)
            return new CheckReport(model, CheckOutcome.Invalid, "", confirmed) { Counts = counts };
        var reason = all.Count > 0 ? $"a witness of {all[0].Name} was not confirmed" : "";
        return new CheckReport(model, all.Count > 0 ? CheckOutcome.Unknown : CheckOutcome.Valid, reason, []) { Counts = counts };
    }

    public static CheckReport Unknown(string model, string reason, params string[] counts) =>
        new(model, CheckOutcome.Unknown, reason, []) { Counts = counts };

    public static HistoryFormatException NoFunction(string model, HistoryOperation operation) =>
        new($"the {model} model has no function '{operation.Function}'", operation.InvokedLine);
}
