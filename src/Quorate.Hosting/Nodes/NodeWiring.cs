using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Services.Coordination.Serving;
using Quorate.Services.Replication;
using Quorate.Storage.Folders;

namespace Quorate.Hosting.Nodes;

/// <summary>What a node's options mean for its parts.</summary>
internal static class NodeWiring
{
    /// <summary>The group of the control plane; data planes will have groups of their own.</summary>
    public const ulong SystemGroup = 1;

    // What a command carries beside the request that is in it.
    private const int CommandOverheadBytes = 64 << 10;

    /// <summary>Whose the data folder is.</summary>
    /// <param name="options">The node.</param>
    public static DataFolderIdentity Identity(NodeOptions options) => new(ClusterIdOf(options), options.Name);

    /// <summary>The host of its replicas.</summary>
    /// <param name="options">The node.</param>
    public static ReplicaHostOptions Host(NodeOptions options) => new()
    {
        NodeName = options.Name,
        ClusterId = ClusterIdOf(options),
        PeerListen = options.Listen,
        Members = [.. options.Members.Select(m => new PeerMember(m.Name, m.Address, m.ClientAddress?.ToString() ?? ""))],
        Raft = options.Raft,
        CommandBytesMax = options.RequestBytesMax + CommandOverheadBytes,
    };

    /// <summary>Its coordination service.</summary>
    /// <param name="options">The node.</param>
    public static CoordinationOptions Service(NodeOptions options) => new()
    {
        ClusterId = ClusterIdOf(options),
        UrlScheme = options.ClientTls ? "https" : "http",
        // The endpoint has refused what is over the bound; a command holds a little more than the request.
        RequestBytesMax = options.RequestBytesMax + CommandOverheadBytes,
        CallersBlock = options.CallersBlock,
        LeaseTtlMin = TimeSpan.FromSeconds(Math.Max(1, 1.5 * options.Raft.ElectionTimeout.TotalSeconds)),
        QuotaBytes = options.QuotaBytes,
        AutoCompaction = options.AutoCompaction,
    };

    // Names count and addresses do not: a node may move, but a cluster of other nodes is another cluster.
    private static ulong ClusterIdOf(NodeOptions options)
    {
        var id = StableHash.Of(options.Cluster);
        foreach (var name in options.Members.Select(m => m.Name).Order(StringComparer.Ordinal))
            id = StableHash.Combine(id, NodeId.FromName(name).Value);
        return id == 0 ? 1 : id;
    }
}
