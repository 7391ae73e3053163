namespace Quorate.Protocols.Raft.Replication;

/// <summary>How a leader replicates to one follower.</summary>
public enum ReplicationState : byte
{
    /// <summary>Where the logs match is not known: one message at a time looks for it. Section 5.3 of the paper.</summary>
    Probe = 0,

    /// <summary>The logs match: messages are pipelined. Thesis, section 10.2.1.</summary>
    Replicate = 1,

    /// <summary>What the follower needs is no longer in the log: it gets a snapshot. Section 7 of the paper.</summary>
    Snapshot = 2,
}
