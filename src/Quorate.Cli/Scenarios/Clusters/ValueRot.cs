using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Scenarios.Clusters;

/// <summary>
/// Flips bits of the files in which nodes keep old values. No budget is needed: what is in them is in the logs and snapshots too, so
/// that a node which meets a bad block stops, and has all of it again when it starts.
/// </summary>
internal sealed class ValueRot(SimulatedCluster cluster, string folder)
{
    private const int FilesMax = 3;
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(6);
    private readonly SeededRandom random = SeededRandom.For(cluster.World.Seed, "rot");
    private readonly HashSet<SimulatedNode> rotten = [];
    private bool ended;

    /// <summary>Begins to flip bits.</summary>
    public void Begin() => cluster.World.After(DrawPause(), Flip);

    /// <summary>Flips no more, and has every node that still holds a bad bit start anew, so that all replicas can be read to the end.</summary>
    public void End()
    {
        ended = true;
        foreach (var node in cluster.Nodes.Where(rotten.Contains))
            node.Machine.Crash();
    }

    private TimeSpan DrawPause() => random.NextTimeSpan(TimeSpan.FromSeconds(0.1), PauseMax);

    private void Flip()
    {
        if (ended)
            return;
        var node = cluster.Nodes[random.Next(cluster.Nodes.Count)];
        var path = $"{folder}/{random.Next(1, FilesMax + 1)}";
        if (node.Machine.IsUp && node.Machine.Disk.ReadAllBytes(path) is { Length: > 0 } bytes)
        {
            node.Machine.Disk.FlipBit(path, random.Next(bytes.Length));
            rotten.Add(node);
            cluster.Metrics.Add("bits flipped");
        }

        cluster.World.After(DrawPause(), Flip);
    }
}
