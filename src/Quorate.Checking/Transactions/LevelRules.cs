using Quorate.Checking.Findings;

namespace Quorate.Checking.Transactions;

/// <summary>
/// What each level rules out. Adya (1999) for the PL levels, Cerone and Gotsman (2016) for snapshot isolation: a cycle needs two rw edges
/// side by side; Cerone, Gotsman and Yang (2017) for read atomic, causal and parallel snapshot isolation: what a transaction sees it sees
/// in the last version that is visible to it.
/// </summary>
internal static class LevelRules
{
    private static readonly Violation[] Committed = [Violation.Versions, Violation.G0, Violation.Dirty, Violation.G1c];
    private static readonly Violation[] Atomic = [.. Committed, Violation.Internal, Violation.Fractured];
    private static readonly Violation[] Session = [.. Atomic, Violation.SessionFlow, Violation.SessionView];
    private static readonly Violation[] Snapshot = [.. Atomic, Violation.LostUpdate, Violation.Nonadjacent];
    private static readonly Violation[] Order = [.. Snapshot, Violation.G2];

    public static LevelVerdict Verdict(IsolationLevel level, IReadOnlyDictionary<Violation, string> found, Func<Violation, string?> unknown)
    {
        var ruledOut = RuledOut(level);
        foreach (var violation in ruledOut)
            if (found.TryGetValue(violation, out var name))
                return new LevelVerdict(level, CheckOutcome.Invalid, name);
        foreach (var violation in ruledOut)
            if (unknown(violation) is { } reason)
                return new LevelVerdict(level, CheckOutcome.Unknown, reason);
        return new LevelVerdict(level, CheckOutcome.Valid, "");
    }

    private static Violation[] RuledOut(IsolationLevel level) => level switch
    {
        IsolationLevel.ReadUncommitted => [Violation.Versions, Violation.G0],
        IsolationLevel.ReadCommitted => Committed,
        IsolationLevel.ReadAtomic => Atomic,
        IsolationLevel.Pram => Session,
        IsolationLevel.Causal => [.. Session, Violation.CausalView],
        IsolationLevel.ParallelSnapshotIsolation => [.. Session, Violation.CausalView, Violation.LostUpdate, Violation.SingleSession],
        IsolationLevel.RepeatableRead => [.. Committed, Violation.Internal, Violation.LostUpdate, Violation.G2],
        IsolationLevel.SnapshotIsolation => Snapshot,
        IsolationLevel.StrongSessionSnapshotIsolation => [.. Snapshot, Violation.NonadjacentProcess],
        IsolationLevel.StrongSnapshotIsolation => [.. Snapshot, Violation.NonadjacentProcess, Violation.NonadjacentRealTime],
        IsolationLevel.Serializable => Order,
        IsolationLevel.StrongSessionSerializable => [.. Order, Violation.NonadjacentProcess, Violation.G2Process],
        _ => [.. Order, Violation.NonadjacentProcess, Violation.NonadjacentRealTime, Violation.G2Process, Violation.G2RealTime],
    };
}
