using System.Globalization;
using Quorate.Protocols.Raft;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Scenarios.Clusters;

/// <summary>
/// A nemesis that damages what one of three nodes has synced, while another lags behind: should the damaged node go on without what it
/// lost, it and the one that lags are a majority that knows nothing of it.
/// </summary>
internal sealed class DamageHunt
{
    private const string DamageName = "damage-";
    private const int BlockBytes = 4096;

    // The last batch is left alone: damage to it cannot be told from a torn write, which is cut off by right.
    private const int BlocksKept = 6;
    private const int BlocksHit = 24;
    private const int SegmentsMax = 1000;
    private static readonly TimeSpan AfterCrash = TimeSpan.FromMilliseconds(1);
    private readonly SimulatedCluster cluster;
    private readonly SeededRandom random;
    private readonly Links links;
    private readonly Pace pace;

    /// <summary>Prepares the nemesis.</summary>
    /// <param name="cluster">A cluster of three.</param>
    public DamageHunt(SimulatedCluster cluster)
    {
        this.cluster = cluster;
        random = SeededRandom.For(cluster.World.Seed, "damage");
        links = new Links(cluster);
        pace = new Pace(cluster.World, random);
    }

    /// <summary>Begins.</summary>
    public void Begin()
    {
        cluster.World.Repeat(DamageName, name =>
        {
            if (cluster.Named(name) is { } node)
                Damage(node);
        });
        if (!cluster.Repeats)
            cluster.World.After(TimeSpan.Zero, Run);
    }

    /// <summary>Ends in the midst of things. What is cut off comes back with the world's healing; what is damaged does not.</summary>
    public void End() => pace.End();

    private async void Run()
    {
        var nodes = cluster.Nodes.ToArray();
        random.Shuffle(nodes);
        var (damaged, lagging, other) = (nodes[0], nodes[1], nodes[2]);
        await pace.PauseAsync(2000, 8000);
        links.Keep((a, b) => a != lagging && b != lagging);
        await pace.UntilAsync(() => Leads(damaged) || Leads(other), TimeSpan.FromSeconds(10));
        await pace.PauseAsync(500, 3000);
        var crash = cluster.World.Open(new FaultAction(FaultKind.Crash, cluster.World.Now) { Targets = [damaged.Name] });
        links.Keep((a, b) => a != other && b != other);
        // At another instant, so that in a replay, too, it comes behind what the crash does to the disk.
        await pace.PauseAsync(AfterCrash);
        if (cluster.World.Did(DamageName + damaged.Name))
            Damage(damaged);
        await pace.PauseAsync(10, 200);
        crash?.End();
        await pace.PauseAsync(4000, 7000);
        links.Keep((_, _) => true);
    }

    /// <summary>Flips a bit of a record that is not the newest, in the newest segment of the log or in the one before it.</summary>
    private void Damage(SimulatedNode node)
    {
        var disk = node.Machine.Disk;
        var written = Enumerable.Range(1, SegmentsMax).Select(n => string.Create(CultureInfo.InvariantCulture, $"wal/{n:d20}.wal"))
            .SelectMany(path => disk.ReadAllBytes(path) is { } bytes ? Written(path, bytes) : []).ToList();
        var last = written.Count - BlocksKept;
        if (last <= 0)
            return;
        var where = SeededRandom.For(cluster.World.Seed, $"{DamageName}{node.Name}");
        var (path, block) = written[where.Next(Math.Max(last - BlocksHit, 0), last)];
        disk.FlipBit(path, block + where.Next(BlockBytes / 16));
        cluster.Metrics.Add("damaged records");
    }

    /// <summary>The blocks behind the header of a segment that something was written to.</summary>
    private static IEnumerable<(string Path, long Block)> Written(string path, byte[] bytes)
    {
        for (var block = BlockBytes; block + BlockBytes <= bytes.Length; block += BlockBytes)
        {
            if (bytes.AsSpan(block, BlockBytes).IndexOfAnyExcept((byte)0) >= 0)
                yield return (path, block);
        }
    }

    private static bool Leads(SimulatedNode node) => node.Host?.Inspect(SimulatedNode.Group).Role is RaftRole.Leader;
}
