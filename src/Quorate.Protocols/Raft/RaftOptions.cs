namespace Quorate.Protocols.Raft;

/// <summary>The settings of a server; all of a group should have the same.</summary>
public sealed record RaftOptions
{
    /// <summary>The shortest election timeout; each wait is drawn between it and twice it. Default 1 s; at least three
    /// heartbeats.</summary>
    public TimeSpan ElectionTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The time between heartbeats of a leader. Default 100 ms.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether reads may rest on the leader's lease instead of a round of messages. Default false: it trusts clocks to drift by
    /// at most <see cref="LeaseDriftMax"/>.</summary>
    public bool LeaseReads { get; init; }

    /// <summary>The part of the election timeout that the lease gives up for clock drift, from 0 to 0.9. Default 0.1.</summary>
    public double LeaseDriftMax { get; init; } = 0.1;

    /// <summary>The most entries of one append message. Default 4,096.</summary>
    public int AppendEntriesMax { get; init; } = 4096;

    /// <summary>The most payload bytes of one append message; a single larger entry is sent alone. Default 1 MiB.</summary>
    public int AppendBytesMax { get; init; } = 1 << 20;

    /// <summary>The most append messages in flight to one follower. Default 64.</summary>
    public int InflightMessagesMax { get; init; } = 64;

    /// <summary>The most payload bytes in flight to one follower. Default 16 MiB.</summary>
    public long InflightBytesMax { get; init; } = 16 << 20;

    /// <summary>The most payload bytes in the leader's log that are not committed; beyond it proposals get <see cref="RaftReply.Busy"/>.
    /// Default 64 MiB.</summary>
    public long UncommittedBytesMax { get; init; } = 64 << 20;

    /// <summary>About how many bytes of payloads that are durable and applied stay in memory, for followers that are a little behind; one
    /// that is further behind is fed from the disk. Default 2 MiB.</summary>
    public long LogMemoryBytes { get; init; } = 2 << 20;

    /// <summary>For a local network: 1 s elections, 100 ms heartbeats.</summary>
    public static RaftOptions Lan { get; } = new();

    /// <summary>For links of up to 300 ms: 5 s elections, 500 ms heartbeats.</summary>
    public static RaftOptions Wan { get; } = new()
    {
        ElectionTimeout = TimeSpan.FromSeconds(5),
        HeartbeatInterval = TimeSpan.FromMilliseconds(500),
    };
}
