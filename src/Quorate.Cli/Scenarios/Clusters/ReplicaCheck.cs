using Quorate.Cli.Scenarios.Violations;

namespace Quorate.Cli.Scenarios.Clusters;

/// <summary>State machine safety as seen from outside: after healing, all replicas come to the same state.</summary>
internal static class ReplicaCheck
{
    private static readonly TimeSpan CatchUpMax = TimeSpan.FromSeconds(60);

    /// <summary>Waits until every replica has applied the same entries, and compares their states.</summary>
    public static void Agree(SimulatedCluster cluster)
    {
        if (!cluster.World.RunUntil(() => HaveAppliedTheSame(cluster), CatchUpMax))
            throw new ViolationException(
                $"{CatchUpMax.TotalSeconds} s after healing the replicas have not applied the same entries: "
                + string.Join(", ", cluster.Nodes.Select(n => $"{n.Name} {Applied(n)}")));
        var hashes = cluster.Nodes.Select(n => n.Store!.Hash()).ToList();
        if (hashes.Any(h => h != hashes[0]))
            throw new ViolationException(
                $"the replicas applied the same entries up to {Applied(cluster.Nodes[0])} and differ: "
                + string.Join(", ", cluster.Nodes.Select(n => $"{n.Name} revision {n.Store!.Revision} hash {n.Store!.Hash():x}")));
    }

    private static bool HaveAppliedTheSame(SimulatedCluster cluster)
    {
        var first = Applied(cluster.Nodes[0]);
        return first > 0 && cluster.Nodes.All(n => n.Store is not null && Applied(n) == first);
    }

    private static long Applied(SimulatedNode node) => node.Host?.Group(SimulatedNode.Group).AppliedIndex ?? -1;
}
