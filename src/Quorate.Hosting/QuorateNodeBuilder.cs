using Quorate.Hosting.Nodes;
using Quorate.Kernel.Machines;
using Quorate.Protocols.Raft;
using Quorate.Runtime.Network;
using Quorate.Services.Recipes;
using Quorate.Services.Replication.Levels;

namespace Quorate.Hosting;

/// <summary>Describes the node that an application hosts.</summary>
/// <remarks>
/// A cluster is named either throughout or not at all: with <c>Join("n2=10.0.0.2:7000")</c> each node's identity is its name, with
/// <c>Join("10.0.0.2:7000")</c> it is its address. It must stay the same over restarts, and every node must be told of all the others.
/// </remarks>
public sealed class QuorateNodeBuilder
{
    private readonly List<string> joins = [];
    private string name = "";
    private string cluster = "quorate";
    private string listen = "";
    private string? advertise;
    private string data = "";
    private RaftOptions raft = RaftOptions.Lan;
    private TlsOptions? tls;
    private bool allowInsecure;
    private int requestBytesMax = 3 << 19;
    private int levelMax = FeatureLevel.Newest;
    private RecipeOptions recipes = new();

    /// <summary>Names this node. Required.</summary>
    /// <param name="value">1 to 255 bytes without space, comma or equals sign.</param>
    public QuorateNodeBuilder Named(string value) => Set(ref name, value);

    /// <summary>Names the cluster; nodes of other clusters are refused. Default <c>quorate</c>.</summary>
    /// <param name="value">1 to 255 bytes without space, comma or equals sign.</param>
    public QuorateNodeBuilder Cluster(string value) => Set(ref cluster, value);

    /// <summary>Where this node listens for the others. Required.</summary>
    /// <param name="address">HOST:PORT.</param>
    public QuorateNodeBuilder Listen(string address) => Set(ref listen, address);

    /// <summary>Where the others reach this node. Default: where it listens.</summary>
    /// <param name="address">HOST:PORT.</param>
    public QuorateNodeBuilder Advertise(string address) => Set(ref advertise, address);

    /// <summary>The other nodes of the cluster. None: a cluster of one.</summary>
    /// <param name="members">Each NAME=HOST:PORT, or each HOST:PORT.</param>
    public QuorateNodeBuilder Join(params string[] members)
    {
        joins.AddRange(members);
        return this;
    }

    /// <summary>The folder of this node's files. Required; no two nodes share one.</summary>
    /// <param name="folder">Created where it is not there.</param>
    public QuorateNodeBuilder Data(string folder) => Set(ref data, folder);

    /// <summary>The protocol's settings. Default <see cref="RaftOptions.Lan"/>.</summary>
    /// <param name="options">The same on every node.</param>
    public QuorateNodeBuilder Raft(RaftOptions options) => Set(ref raft, options);

    /// <summary>Certificates for the connections between nodes. Default: no TLS, which only loopback addresses may do.</summary>
    /// <param name="options">The certificates.</param>
    public QuorateNodeBuilder Tls(TlsOptions options) => Set(ref tls, options);

    /// <summary>
    /// Lets the node listen elsewhere than on loopback without TLS: whoever reaches the port can then read and write
    /// everything.
    /// </summary>
    public QuorateNodeBuilder AllowInsecure() => Set(ref allowInsecure, true);

    /// <summary>The largest writing request. Default 1.5 MiB.</summary>
    /// <param name="bytes">From 1 KiB to 2 MiB.</param>
    public QuorateNodeBuilder RequestBytesMax(int bytes) => Set(ref requestBytesMax, bytes);

    /// <summary>
    /// Holds the cluster at a level, so that all members can go back to an application with the release of that level. Default: the newest level.
    /// </summary>
    /// <param name="level">From <see cref="FeatureLevel.First"/> to <see cref="FeatureLevel.Newest"/>.</param>
    public QuorateNodeBuilder LevelMax(int level) => Set(ref levelMax, level);

    /// <summary>The settings of locks, elections and the other recipes. Default: sessions of 10 s.</summary>
    /// <param name="options">The settings.</param>
    public QuorateNodeBuilder Recipes(RecipeOptions options) => Set(ref recipes, options);

    /// <summary>The settings of the recipes.</summary>
    internal RecipeOptions RecipeOptions => recipes;

    /// <summary>The options of the node that was described.</summary>
    /// <exception cref="FormatException">A text is not an address.</exception>
    internal NodeOptions Build()
    {
        var others = joins.Select(NodeMember.Parse).ToList();
        var address = NetworkAddress.Parse(advertise ?? listen);
        // Where the others are only addresses, they know this node by its address too.
        var byAddress = others.Count > 0 && others.All(m => m.Name == m.Address.ToString());
        var self = new NodeMember(byAddress ? address.ToString() : name, address);
        return new NodeOptions
        {
            Name = self.Name,
            Cluster = cluster,
            Listen = NetworkAddress.Parse(listen),
            Members = [self, .. others.Where(m => m.Name != self.Name || m.Address != self.Address)],
            DataFolder = data,
            Raft = raft,
            Tls = tls,
            AllowInsecure = allowInsecure,
            RequestBytesMax = requestBytesMax,
            LevelMax = levelMax,
        };
    }

    /// <summary>Everything that is wrong with the description, one sentence each.</summary>
    internal IReadOnlyList<string> Violations()
    {
        if (string.IsNullOrWhiteSpace(name))
            return ["The node has no name: call Named."];
        try
        {
            recipes.Validate();
            return NodeOptionsRules.Violations(Build());
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            return [e.Message];
        }
    }

    private QuorateNodeBuilder Set<T>(ref T field, T value)
    {
        field = value;
        return this;
    }
}
