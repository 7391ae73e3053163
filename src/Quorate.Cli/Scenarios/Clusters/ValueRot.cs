using System.Globalization;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Scenarios.Clusters;

/// <summary>
/// Flips bits of the files in which nodes keep old values. No budget is needed: what is in them is in the logs and snapshots too, so
/// that a node which meets a bad block stops, and has all of it again when it starts.
/// </summary>
internal sealed class ValueRot(SimulatedCluster cluster, string folder)
{
    private const string RotName = "rot-";
    private const int FilesMax = 3;
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(6);
    private readonly SeededRandom random = SeededRandom.For(cluster.World.Seed, "rot");
    private readonly HashSet<SimulatedNode> rotten = [];
    private bool ended;

    /// <summary>Begins to flip bits.</summary>
    /// <param name="isRotten">Whether bits flip where no schedule says so.</param>
    public void Begin(bool isRotten)
    {
        cluster.World.Repeat(RotName, Repeat);
        if (isRotten && !cluster.Repeats)
            cluster.World.After(DrawPause(), Strike);
    }

    /// <summary>Flips no more, and has every node that still holds a bad bit start anew, so that all replicas can be read to the end.</summary>
    public void End()
    {
        ended = true;
        foreach (var node in cluster.Nodes.Where(rotten.Contains))
            node.Machine.Crash();
    }

    private TimeSpan DrawPause() => random.NextTimeSpan(TimeSpan.FromSeconds(0.1), PauseMax);

    private void Strike()
    {
        if (ended)
            return;
        var node = cluster.Nodes[random.Next(cluster.Nodes.Count)];
        var file = random.Next(1, FilesMax + 1);
        if (LengthOf(node, file) is > 0 and var length)
        {
            var offset = random.Next(length);
            if (cluster.World.Did(string.Create(CultureInfo.InvariantCulture, $"{RotName}{node.Name}-{file}-{offset}")))
                Flip(node, file, offset);
        }

        cluster.World.After(DrawPause(), Strike);
    }

    // Other chance, or a part left out, makes other files.
    private void Repeat(string where)
    {
        if (where.Split('-') is [var name, var file, var offset] && cluster.Named(name) is { } node
            && int.TryParse(file, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && int.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            && at < LengthOf(node, number))
            Flip(node, number, at);
    }

    private void Flip(SimulatedNode node, int file, int offset)
    {
        node.Machine.Disk.FlipBit(PathOf(file), offset);
        rotten.Add(node);
        cluster.Metrics.Add("bits flipped");
    }

    private int LengthOf(SimulatedNode node, int file) => node.Machine.IsUp ? node.Machine.Disk.ReadAllBytes(PathOf(file))?.Length ?? 0 : 0;

    private string PathOf(int file) => string.Create(CultureInfo.InvariantCulture, $"{folder}/{file}");
}
