using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Invariants;

/// <summary>
/// Locks with fencing tokens: <c>acquire</c> gives a token (a number, or a map with <c>token</c>), <c>release</c> gives the lock up, and
/// <c>write</c> shows a token to the guarded resource. With a key there is one lock for each.
/// </summary>
/// <remarks>
/// Guarantee: invalid when a lock acquired after another acquisition was completed has no higher token, when two processes surely held the
/// lock at once (from the acknowledgement of the acquisition to the beginning of a release that succeeded), or when the resource accepted
/// a token lower than one that it had accepted before.
/// Cost: sorts the operations.
/// Fails when: an operation is none of these or gives no token: <see cref="HistoryFormatException"/>.
/// Source: Kleppmann, How to do distributed locking, 2016; Burrows, Chubby, 2006, section 2.4 (sequencers).
/// </remarks>
public sealed class FencedLockCheck : IHistoryCheck
{
    /// <inheritdoc/>
    public string Name => "fenced-lock";

    /// <inheritdoc/>
    public string About => "acquire -> token, release, write token: tokens grow, no two hold at once, no stale token is accepted";

    /// <inheritdoc/>
    public CheckReport Check(History history, CheckLimits? limits = null, CancellationToken cancellationToken = default)
    {
        var findings = new FindingList();
        foreach (var operation in history.Operations)
            if (operation.Function is not ("acquire" or "release" or "write"))
                throw Reports.NoFunction(Name, operation);
            else if (operation.Function != "release" && operation.Outcome == HistoryOutcome.Ok)
                TokenOf(operation);
        var ok = history.Operations.Where(o => o.Outcome == HistoryOutcome.Ok).ToArray();
        foreach (var group in ok.GroupBy(o => o.Key ?? HistoryValue.Nil))
        {
            Tokens(group.Where(o => o.Function == "acquire"), "token-order", "the later acquisition has no higher token", findings);
            Tokens(group.Where(o => o.Function == "write"), "stale-token", "a token was accepted after a higher one", findings);
            Holds(group, findings);
        }
        return Reports.Of(Name, history, findings, Confirms, $"{ok.Count(o => o.Function == "acquire")} acquisitions");
    }

    /// <summary>The token that an operation gave or showed.</summary>
    internal static long TokenOf(HistoryOperation operation)
    {
        var value = operation.Function == "acquire" ? operation.Output : operation.Input;
        return (value.Field("token") ?? value).AsInteger()
            ?? throw new HistoryFormatException($"'{operation.Function}' of a fenced lock has no token but {value}", operation.InvokedLine);
    }

    // Of those completed before an operation was invoked, the one with the highest token decides.
    private static void Tokens(IEnumerable<HistoryOperation> operations, string name, string text, FindingList findings)
    {
        var byInvocation = operations.OrderBy(o => o.Invoked).ToArray();
        var byCompletion = byInvocation.OrderBy(o => o.Completed).ToArray();
        var next = 0;
        HistoryOperation? highest = null;
        foreach (var operation in byInvocation)
        {
            for (; next < byCompletion.Length && byCompletion[next].Completed < operation.Invoked; next++)
                if (highest is null || TokenOf(byCompletion[next]) > TokenOf(highest))
                    highest = byCompletion[next];
            if (highest is { } earlier && IsWrong(earlier, operation))
                findings.Add(name, () => new Finding(name, text, [earlier, operation], operation.Key));
        }
    }

    private static bool IsWrong(HistoryOperation earlier, HistoryOperation later) =>
        later.Function == "acquire" ? TokenOf(later) <= TokenOf(earlier) : TokenOf(later) < TokenOf(earlier);

    private static void Holds(IEnumerable<HistoryOperation> operations, FindingList findings)
    {
        var open = new Dictionary<long, HistoryOperation>();
        var holds = new List<(HistoryOperation Acquire, HistoryOperation Release)>();
        foreach (var operation in operations.OrderBy(o => o.Invoked))
        {
            if (operation.Function == "acquire")
                open[operation.Process] = operation;
            else if (operation.Function == "release" && open.Remove(operation.Process, out var acquire))
                holds.Add((acquire, operation));
        }
        (HistoryOperation Acquire, HistoryOperation Release)? last = null;
        foreach (var hold in holds.OrderBy(h => h.Acquire.Completed))
        {
            if (last is { } before && hold.Acquire.Completed < before.Release.Invoked)
                findings.Add("held-twice", () => new Finding(
                    "held-twice",
                    "two processes surely held the lock at once",
                    [before.Acquire, hold.Acquire, before.Release, hold.Release],
                    hold.Acquire.Key));
            if (last is null || hold.Release.Invoked > last.Value.Release.Invoked)
                last = hold;
        }
    }

    private static bool Confirms(History history, Finding finding)
    {
        var o = finding.Operations;
        if (!o.All(e => e.Outcome == HistoryOutcome.Ok && Equals(e.Key, finding.Key) && history.Operations.Contains(e)))
            return false;
        if (finding.Name != "held-twice")
            return o[0].Completed < o[1].Invoked
                && (finding.Name == "token-order" ? TokenOf(o[1]) <= TokenOf(o[0]) : TokenOf(o[1]) < TokenOf(o[0]));
        bool Held(HistoryOperation acquire, HistoryOperation release) => acquire.Process == release.Process
            && !history.Operations.Any(e => e.Process == acquire.Process && Equals(e.Key, finding.Key) && e.Function != "write"
                && e.Invoked > acquire.Invoked && e.Invoked < release.Invoked && e.Outcome != HistoryOutcome.Fail);
        return Held(o[0], o[2]) && Held(o[1], o[3])
            && Math.Max(o[0].Completed, o[1].Completed) < Math.Min(o[2].Invoked, o[3].Invoked);
    }
}
