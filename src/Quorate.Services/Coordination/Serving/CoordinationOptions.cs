using Quorate.Services.Coordination.Authentication;
using Quorate.Services.Coordination.Compaction;
using Quorate.Services.Coordination.Integrity;

namespace Quorate.Services.Coordination.Serving;

/// <summary>The settings of a coordination service; all members of a cluster should have the same.</summary>
public sealed record CoordinationOptions
{
    /// <summary>The cluster's id, in the header of every response.</summary>
    public ulong ClusterId { get; init; } = 1;

    /// <summary>
    /// The version that <see cref="ICoordination.StatusAsync"/> tells. Default <c>3.4.23</c>: the API that is served; etcd's own clients parse it
    /// as a semantic version.
    /// </summary>
    public string Version { get; init; } = "3.4.23";

    /// <summary>The scheme of the members' URLs. Default <c>http</c>.</summary>
    public string UrlScheme { get; init; } = "http";

    /// <summary>The largest request in bytes, as a command. Default 1.5 MiB, as etcd's.</summary>
    public int RequestBytesMax { get; init; } = 1536 * 1024;

    /// <summary>The most comparisons, and the most operations of either list, of a transaction. Default 128, as etcd's.</summary>
    public int TransactionOperationsMax { get; init; } = 128;

    /// <summary>
    /// The shortest time to live of a lease, rounded up to whole seconds; shorter wishes get this. Default 1.5 s, which is 1.5 election
    /// timeouts as in etcd; at least 1 s.
    /// </summary>
    public TimeSpan LeaseTtlMin { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How often the leader looks for leases that have run out, and so by how much one may end late. Default 500 ms, as etcd's.</summary>
    public TimeSpan LeaseCheckInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often a quiet watch that wants it is told its progress, plus up to a tenth. Default 10 min, as etcd's; at least 100 ms.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long keep-alives and questions for a lease's remaining time look for the leader. Default 7 s, as etcd's.</summary>
    public TimeSpan LeaderTimeout { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>
    /// Whether callers may block their threads once they are answered. Default true; false, where every caller is asynchronous to the end,
    /// spares an answer that is alone a thread's wake-up.
    /// </summary>
    public bool CallersBlock { get; init; } = true;

    /// <summary>The most unread bytes of a watch stream before its watches read the history instead. Default 8 MiB.</summary>
    public long WatchBufferBytesMax { get; init; } = 8 << 20;

    /// <summary>How much of what clients keep open is served.</summary>
    public CoordinationLimits Limits { get; init; } = new();

    /// <summary>
    /// The most bytes that the store's versions may take; beyond it puts and grants are refused, and an alarm is raised. Default 2 GiB, as
    /// etcd's; 0 for no bound.
    /// </summary>
    public long QuotaBytes { get; init; } = 2L << 30;

    /// <summary>How much history is kept without a client's compaction. Default null: all of it, as in etcd.</summary>
    public AutoCompaction? AutoCompaction { get; init; }

    /// <summary>Passwords, tokens and the audit log.</summary>
    public AuthOptions Auth { get; init; } = new();

    /// <summary>How the replicas' states are compared in the background. Default null: they are not.</summary>
    public IntegrityOptions? Integrity { get; init; }
}
