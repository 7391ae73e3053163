using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Violations;
using Quorate.Services.Replication.Levels;

namespace Quorate.Cli.Scenarios.Upgrades;

/// <summary>
/// Looks at the level of all replicas while the world runs: it is the same at the same place of the log, never falls, is not raised while there is
/// a member that never ran a release that understands it, and nothing of the newer level is there before it.
/// </summary>
internal sealed class LevelWatch
{
    private const long LookEvery = 16;
    private readonly IReadOnlyList<SimulatedNode> nodes;
    private readonly bool[] ranNew;

    // Where the level is the first, and where it is the newest: every place of the log has one level.
    private long lastOfFirst = -1;
    private long firstOfNewest = long.MaxValue;

    private LevelWatch(IReadOnlyList<SimulatedNode> nodes) => (this.nodes, ranNew) = (nodes, new bool[nodes.Count]);

    /// <summary>Begins to look, until the world ends.</summary>
    public static void Begin(SimulatedCluster cluster) => cluster.World.AddInvariant(new LevelWatch(cluster.Nodes).Look, LookEvery);

    private void Look()
    {
        for (var i = 0; i < nodes.Count; i++)
            ranNew[i] |= nodes[i].Machine.Version == Releases.New;
        var mayBeRaised = Array.TrueForAll(ranNew, ran => ran);
        foreach (var node in nodes)
        {
            if (node is { Host: { } host, Store: { } store })
                Look(node, host.Group(SimulatedNode.Group).AppliedIndex, store.Level, store.LevelNeeded, mayBeRaised);
        }
    }

    private void Look(SimulatedNode node, long applied, int level, int needed, bool mayBeRaised)
    {
        if (needed > level)
            throw new ViolationException($"{node.Name} is at level {level} and holds what level {needed} brings");
        if (level > FeatureLevel.First && !mayBeRaised)
            throw new ViolationException($"{node.Name} is at level {level}, and a member never ran a release that understands it");
        if (level == FeatureLevel.First)
            lastOfFirst = Math.Max(lastOfFirst, applied);
        else
            firstOfNewest = Math.Min(firstOfNewest, applied);
        if (lastOfFirst >= firstOfNewest)
            throw new ViolationException(
                $"{node.Name} has applied {applied} at level {level}: replicas were at level {FeatureLevel.First} at {lastOfFirst}, "
                + $"and at level {FeatureLevel.Newest} at {firstOfNewest}");
    }
}
