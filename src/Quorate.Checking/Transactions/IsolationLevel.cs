namespace Quorate.Checking.Transactions;

/// <summary>What a store promises about transactions, weaker ones first as far as they can be compared.</summary>
public enum IsolationLevel
{
    /// <summary>PL-1 of Adya: writes of transactions do not interleave.</summary>
    ReadUncommitted,

    /// <summary>PL-2 of Adya: and nothing is read that was aborted, is intermediate, or depends on the reader.</summary>
    ReadCommitted,

    /// <summary>And a transaction is seen whole or not at all (Bailis et al. 2014; Cerone et al. 2015).</summary>
    ReadAtomic,

    /// <summary>And what a session did is seen in its order.</summary>
    Pram,

    /// <summary>And whatever that depended on is seen too (Cerone et al. 2015).</summary>
    Causal,

    /// <summary>And updates are not lost, but two readers may see two writers in different orders (Sovran et al. 2011).</summary>
    ParallelSnapshotIsolation,

    /// <summary>PL-2.99 of Adya: without predicates the same orders as serializable.</summary>
    RepeatableRead,

    /// <summary>PL-SI of Adya: a transaction reads from one moment, and of two that write the same key one gives way.</summary>
    SnapshotIsolation,

    /// <summary>And that moment is not before the end of the session's last transaction.</summary>
    StrongSessionSnapshotIsolation,

    /// <summary>And that moment is not before the end of any transaction that was completed.</summary>
    StrongSnapshotIsolation,

    /// <summary>PL-3 of Adya: some order of the transactions, one after another, explains everything.</summary>
    Serializable,

    /// <summary>And that order agrees with that of each session.</summary>
    StrongSessionSerializable,

    /// <summary>PL-SS of Adya: and that order agrees with real time.</summary>
    StrictSerializable,
}
