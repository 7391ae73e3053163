using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Sessions;

/// <summary>
/// What a memory promises to sessions. A session is a process; <c>read</c> and <c>write</c> name their object in <c>key</c>, or come with
/// <c>[key value]</c>; keys begin as nil, and a value is written to a key at most once.
/// </summary>
/// <remarks>
/// Guarantee: the four session guarantees are invalid when a read is surely older than what its session has a right to: nil, or followed by
/// it in its writer's session, or seen before another. PRAM, causal consistency, causal memory and causal convergence are exact.
/// Cost: near linear for the guarantees; for the causal models the number of operations times that of sessions, and for PRAM and causal
/// memory times the sessions again.
/// Fails when: an operation is neither a read nor a write: <see cref="HistoryFormatException"/>. A value written twice, and a bound that is
/// reached, make the verdict unknown.
/// Source: Terry et al., Session guarantees for weakly consistent replicated data, 1994; Ahamad et al., Causal memory, 1995; Bouajjani et
/// al., On verifying causal consistency, 2017.
/// </remarks>
public sealed class SessionCheck : IHistoryCheck
{
    private const int ReductionWork = 2_000_000;
    private readonly IReadOnlyList<string> guarantees;
    private readonly CausalModel? model;

    private SessionCheck(string name, string about, IReadOnlyList<string> guarantees, CausalModel? model)
    {
        Name = name;
        About = about;
        this.guarantees = guarantees;
        this.model = model;
    }

    /// <summary>One of the four guarantees each, all of them, and the models.</summary>
    public static IReadOnlyList<IHistoryCheck> All { get; } =
    [
        Guarantee(SessionGuarantees.ReadYourWrites, "a session reads what it wrote, or newer"),
        Guarantee(SessionGuarantees.MonotonicReads, "a session never reads older than it read before"),
        Guarantee(SessionGuarantees.MonotonicWrites, "whoever sees a write sees what its session wrote before it"),
        Guarantee(SessionGuarantees.WritesFollowReads, "whoever sees a write sees what its session had read before it"),
        new SessionCheck(
            "sessions",
            "read and write of keys: the four session guarantees",
            [
                SessionGuarantees.ReadYourWrites, SessionGuarantees.MonotonicReads,
                SessionGuarantees.MonotonicWrites, SessionGuarantees.WritesFollowReads,
            ],
            null),
        new SessionCheck("pram", "every session sees the writes of each other in that one's order", [], CausalModel.Pram),
        new SessionCheck("causal-weak", "what a read depends on is seen", [], CausalModel.Weak),
        new SessionCheck("causal", "causal memory: every session sees all writes in one order that keeps causes", [], CausalModel.Memory),
        new SessionCheck("causal-convergent", "and all sessions order writes that contend alike", [], CausalModel.Convergent),
    ];

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string About { get; }

    /// <inheritdoc/>
    public CheckReport Check(History history, CheckLimits? limits = null, CancellationToken cancellationToken = default)
    {
        var budget = new CheckBudget(limits ?? CheckLimits.Default, cancellationToken);
        var sessions = new SessionHistory(history.Operations, Name);
        var counts = new[] { $"{sessions.SessionCount} sessions" };
        if (sessions.Ambiguity is { } ambiguity)
            return new CheckReport(Name, CheckOutcome.Unknown, ambiguity, []) { Counts = counts };
        var (found, unconfirmed) = model is { } causal ? Causal(history, sessions, causal, budget) : Guarantees(history, sessions, budget);
        if (found.Count > 0)
            return new CheckReport(Name, CheckOutcome.Invalid, "", found) { Counts = counts };
        var reason = unconfirmed ?? budget.Exhausted;
        return new CheckReport(Name, reason is null ? CheckOutcome.Valid : CheckOutcome.Unknown, reason ?? "", []) { Counts = counts };
    }

    private static SessionCheck Guarantee(string name, string about) => new(name, about, [name], null);

    private (IReadOnlyList<Finding> Found, string? Unconfirmed) Guarantees(History history, SessionHistory sessions, CheckBudget budget)
    {
        var list = new FindingList();
        new SessionGuarantees(sessions, list, budget).Check();
        var all = list.ToFindings().Where(f => guarantees.Contains(f.Name)).ToArray();
        var confirmed = all.Where(f => SessionWitness.Confirms(history, f)).ToArray();
        return (confirmed, confirmed.Length < all.Length ? "a witness was not confirmed" : null);
    }

    private (IReadOnlyList<Finding> Found, string? Unconfirmed) Causal(
        History history, SessionHistory sessions, CausalModel causal, CheckBudget budget)
    {
        if (new CausalPatterns(sessions, causal, budget).IsBroken() != true)
            return ([], null);
        var all = sessions.Operations.Select(o => o.Operation).ToList();
        var attempts = Math.Clamp(ReductionWork / (all.Count + 1), 20, 2_000);
        var reduced = SubsetReduction.Reduce(all, part => IsBroken(WithSources(sessions, part), causal, budget), attempts);
        var core = WithSources(sessions, reduced);
        var finding = new Finding(Name, $"these {core.Count} operations have no order that keeps the promise: {About}", core);
        return CausalWitness.Confirms(history, finding, causal) ? ([finding], null) : ([], "the witness was too large to confirm");
    }

    private bool IsBroken(List<HistoryOperation> part, CausalModel causal, CheckBudget budget) =>
        new CausalPatterns(new SessionHistory(part, Name), causal, budget).IsBroken() == true;

    // A read without its source would be a read out of thin air.
    private List<HistoryOperation> WithSources(SessionHistory sessions, List<HistoryOperation> part)
    {
        var wanted = part.Select(o => o.Invoked).ToHashSet();
        foreach (var operation in sessions.Operations)
            if (!operation.IsWrite && operation.Source >= 0 && wanted.Contains(operation.Operation.Invoked))
                wanted.Add(sessions.Operations[operation.Source].Operation.Invoked);
        return sessions.Operations.Where(o => wanted.Contains(o.Operation.Invoked)).Select(o => o.Operation).ToList();
    }
}
