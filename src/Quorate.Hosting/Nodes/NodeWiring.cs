using Quorate.Services.Coordination.Integrity;
using Quorate.Services.Coordination.Serving;
using Quorate.Services.Replication;
using Quorate.Services.Replication.Levels;

namespace Quorate.Hosting.Nodes;

/// <summary>What a node's options mean for its parts.</summary>
internal static class NodeWiring
{
    /// <summary>The group of the control plane; data planes will have groups of their own.</summary>
    public const ulong SystemGroup = 1;

    // What a dead holder held goes to the next one by this much later than its time has passed.
    private static readonly TimeSpan LeaseCheckInterval = TimeSpan.FromMilliseconds(25);

    // What a command carries beside the request that is in it.
    private const int CommandOverheadBytes = 64 << 10;

    /// <summary>The host of its replicas.</summary>
    /// <param name="options">The node.</param>
    /// <param name="place">Who it is in its cluster.</param>
    public static ReplicaHostOptions Host(NodeOptions options, ClusterPlace place) => new()
    {
        NodeName = options.Name,
        ClusterId = place.Identity.ClusterId,
        PeerListen = options.Listen,
        Members = place.Members,
        Raft = options.Raft,
        CommandBytesMax = options.RequestBytesMax + CommandOverheadBytes,
        RepairsFromPeers = true,
        ScrubInterval = options.ScrubInterval,
        // Nobody knows which releases the other members are of.
        FirstLevel = FeatureLevel.First,
        LevelMax = options.LevelMax,
    };

    /// <summary>Its coordination service.</summary>
    /// <param name="options">The node.</param>
    /// <param name="place">Who it is in its cluster.</param>
    /// <param name="host">The host of its replicas.</param>
    public static CoordinationOptions Service(NodeOptions options, ClusterPlace place, ReplicaHost host) => new()
    {
        ClusterId = place.Identity.ClusterId,
        UrlScheme = options.ClientTls ? "https" : "http",
        // The endpoint has refused what is over the bound; a command holds a little more than the request.
        RequestBytesMax = options.RequestBytesMax + CommandOverheadBytes,
        CallersBlock = options.CallersBlock,
        LeaseCheckInterval = LeaseCheckInterval,
        LeaseTtlMin = TimeSpan.FromSeconds(Math.Max(1, 1.5 * options.Raft.ElectionTimeout.TotalSeconds)),
        QuotaBytes = options.QuotaBytes,
        Limits = options.Limits,
        AutoCompaction = options.AutoCompaction,
        // Half of the cores: log-ins must not starve the node.
        Auth = options.Auth with { HashesAtOnce = Math.Max(1, Environment.ProcessorCount / 2) },
        Integrity = options.HashCheckInterval > TimeSpan.Zero ? new IntegrityOptions(options.HashCheckInterval, host.GiveUpDataAsync) : null,
    };
}
