using Quorate.Kernel.Machines;
using Quorate.Protocols.Raft;
using Quorate.Runtime.Network;
using Quorate.Runtime.Telemetry;
using Quorate.Services.Coordination.Authentication;
using Quorate.Services.Coordination.Compaction;
using Quorate.Services.Coordination.Serving;
using Quorate.Services.Replication.Levels;

namespace Quorate.Hosting.Nodes;

/// <summary>What one node is: who it is, who the others are, and where its data lies.</summary>
public sealed record NodeOptions
{
    /// <summary>The smallest value of <see cref="RequestBytesMax"/>: 1 KiB.</summary>
    public const int RequestBytesMin = 1 << 10;

    /// <summary>The largest value of <see cref="RequestBytesMax"/>: 2 MiB, as one message between nodes carries it whole.</summary>
    public const int RequestBytesLimit = 2 << 20;

    /// <summary>The most members of a cluster.</summary>
    public const int MembersMax = 15;

    /// <summary>The name of this node, one of <see cref="Members"/>.</summary>
    public required string Name { get; init; }

    /// <summary>Where this node listens for the others.</summary>
    public required NetworkAddress Listen { get; init; }

    /// <summary>
    /// The first members of the cluster, this node among them: 1 to 15, the same on each node. A node that joins a running cluster names only
    /// itself, and <see cref="Join"/>.
    /// </summary>
    public required IReadOnlyList<NodeMember> Members { get; init; }

    /// <summary>
    /// Where members of a running cluster listen for their peers: the node asks one of them who it is and who the others are. The cluster must
    /// have been told of this node's address before. Default none: the node is one of the first members.
    /// </summary>
    public IReadOnlyList<NetworkAddress> Join { get; init; } = [];

    /// <summary>
    /// With <see cref="Join"/>: the name or id of a dead member in whose place this node comes. It is added without having been told of before,
    /// and the dead one removed once this one votes. Default null: nobody's.
    /// </summary>
    public string? Replaces { get; init; }

    /// <summary>The folder of this node's files; created where it is not there.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The name of the cluster. Nodes of clusters with other names or other members are refused. Default <c>quorate</c>.</summary>
    public string Cluster { get; init; } = "quorate";

    /// <summary>The certificates for the connections between nodes. Default null: no TLS.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>Whether clients reach the cluster over TLS; it makes the URLs of the member list. Default false.</summary>
    public bool ClientTls { get; init; }

    /// <summary>Whether the node may listen elsewhere than on loopback without TLS. Default false.</summary>
    public bool AllowInsecure { get; init; }

    /// <summary>The protocol's settings. Default <see cref="RaftOptions.Lan"/>.</summary>
    public RaftOptions Raft { get; init; } = RaftOptions.Lan;

    /// <summary>The largest writing request, in bytes. Default 1.5 MiB, from 1 KiB to 2 MiB.</summary>
    public int RequestBytesMax { get; init; } = 3 << 19;

    /// <summary>
    /// The most bytes that the coordination store's versions may take; beyond it puts and grants are refused with an alarm. Default 2 GiB;
    /// 0 for no bound.
    /// </summary>
    public long QuotaBytes { get; init; } = 2L << 30;

    /// <summary>How much of what clients keep open the node serves.</summary>
    public CoordinationLimits Limits { get; init; } = new();

    /// <summary>How much history is kept without a client's compaction. Default null: all of it.</summary>
    public AutoCompaction? AutoCompaction { get; init; }

    /// <summary>Passwords, tokens and the audit log of clients from outside; code in the node's own process is trusted.</summary>
    public AuthOptions Auth { get; init; } = new();

    /// <summary>
    /// How often the leader compares the replicas' states, and has one repaired that is not like the others. Default 1 min, at least 1 s; zero
    /// for never.
    /// </summary>
    public TimeSpan HashCheckInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long after a pass over all its files the node reads them again, at 4 MiB a second, to find what rots before it is needed. Default 1 h;
    /// zero for never.
    /// </summary>
    public TimeSpan ScrubInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// The highest level that this node may understand, which holds the cluster at it: all members can go back to the release of that level.
    /// Default the newest, <see cref="FeatureLevel.Newest"/>.
    /// </summary>
    public int LevelMax { get; init; } = FeatureLevel.Newest;

    /// <summary>
    /// Whether callers of the services may block their threads once they are answered. Default true; false, where every caller is
    /// asynchronous to the end, spares an answer that is alone a thread's wake-up.
    /// </summary>
    public bool CallersBlock { get; init; } = true;

    /// <summary>Who gets the node's events, from any thread; it must not block. Default null: nobody.</summary>
    public Action<TelemetryEvent>? Telemetry { get; init; }

    /// <summary>The least severity that <see cref="Telemetry"/> gets. Default <see cref="Severity.Information"/>.</summary>
    public Severity TelemetryLeast { get; init; } = Severity.Information;

    /// <summary>
    /// Called once when the node had to stop, because something that must hold does not or its disk failed. From then on it does
    /// nothing more, and is only to be disposed. Default null: the process ends at once.
    /// </summary>
    public Action<Exception>? OnFail { get; init; }
}
