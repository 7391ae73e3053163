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
        // Each on its node's strand: a store may have to read its disk.
        var asked = cluster.Nodes.Select(n => n.HashAsync()).ToList();
        if (!cluster.World.RunUntil(() => asked.All(a => a.IsCompleted), CatchUpMax))
            throw new ViolationException($"{CatchUpMax.TotalSeconds} s after healing a replica has not read its state");
        var hashes = asked.Select(a => a.GetAwaiter().GetResult()).ToList();
        if (hashes.Any(h => h != hashes[0]))
            throw new ViolationException(
                $"the replicas applied the same entries up to {Applied(cluster.Nodes[0])} and differ: "
                + string.Join(", ", cluster.Nodes.Select(n => $"{n.Name} revision {n.Store!.Revision}"))
                + $": hashes {string.Join(", ", hashes.Select(h => h.ToString("x")))}");
    }

    private static bool HaveAppliedTheSame(SimulatedCluster cluster)
    {
        var first = Applied(cluster.Nodes[0]);
        return first > 0 && cluster.Nodes.All(n => n.Store is not null && Applied(n) == first);
    }

    private static long Applied(SimulatedNode node) => node.Host?.Group(SimulatedNode.Group).AppliedIndex ?? -1;
}
