using System.Globalization;
using System.Runtime.InteropServices;
using Quorate.Cli.Scenarios.Violations;
using Quorate.Protocols.Raft;
using Quorate.Services.Coordination;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Scenarios.Clusters;

/// <summary>A nemesis that flips bits of one replica at a time, and not of the next before all are sound again.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="valuesFolder">Where old values are on disk; null where they are not.</param>
/// <param name="keyOf">A key that no check reads, by a number.</param>
internal sealed class RotHunt(SimulatedCluster cluster, string? valuesFolder, Func<int, ReadOnlyMemory<byte>> keyOf)
{
    private const string Memory = "rot-memory-";
    private const string Files = "rot-files-";
    private const string Values = "rot-values-";
    private const int BlockBytes = 4096;

    // The last batch is left alone: damage to it cannot be told from a torn write, which is cut off by right.
    private const int BlocksKept = 6;
    private static readonly TimeSpan AnswerMax = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AfterCrash = TimeSpan.FromMilliseconds(1);
    private readonly SeededRandom random = SeededRandom.For(cluster.World.Seed, "rot-hunt");
    private readonly Pace pace = new(cluster.World, SeededRandom.For(cluster.World.Seed, "rot-pace"));
    private int strikes;

    /// <summary>Begins.</summary>
    public void Begin()
    {
        foreach (var kind in (string[])[Memory, Files, Values])
        {
            cluster.World.Repeat(kind, name =>
            {
                if (cluster.Named(name.Split('-')[0]) is { } node && int.TryParse(name.Split('-')[1], CultureInfo.InvariantCulture, out var strike))
                    Strike(kind, node, strike);
            });
        }

        if (!cluster.Repeats)
            cluster.World.After(TimeSpan.Zero, Run);
    }

    /// <summary>Flips no more bits.</summary>
    public void End() => pace.End();

    /// <summary>Whether every node runs and votes, and no alarm of corruption is raised.</summary>
    private static bool IsSound(SimulatedCluster cluster) => Leader(cluster) is { } leader
        && cluster.Nodes.All(node => node.Host?.Inspect(SimulatedNode.Group).Configuration.IsVoter(node.Id) is true)
        && Configuration(leader) is { IsJoint: false } now && cluster.Nodes.All(node => now.IsVoter(node.Id))
        && cluster.Nodes.All(node => node.Store!.IsCorrupt is false);

    /// <summary>Waits until every node is sound and has the state of the others: what was flipped last is to be found yet.</summary>
    public static void AwaitRepair(SimulatedCluster cluster, TimeSpan max)
    {
        var deadline = cluster.World.Now + max;
        while (cluster.World.Now < deadline)
        {
            if (IsSound(cluster) && HashesOf(cluster) is var hashes
                && cluster.World.RunUntil(() => hashes.All(hash => hash.IsCompleted), TimeSpan.FromSeconds(5)) && AreSame(hashes))
                return;
            cluster.World.Run(TimeSpan.FromSeconds(1));
        }

        throw new ViolationException($"{max.TotalSeconds} s after healing a replica is not repaired: {Shown(cluster)}");
    }

    /// <summary>What the nodes are, for a report.</summary>
    private static string Shown(SimulatedCluster cluster) => string.Join("; ", cluster.Nodes.Select(node =>
        $"{node.Name} {(node.Host is null ? "down" : $"{node.Host.Inspect(SimulatedNode.Group).Role}, alarm {node.Store!.IsCorrupt}")}"));

    private static Configuration? Configuration(SimulatedNode node) => node.Host?.Inspect(SimulatedNode.Group).Configuration;

    private static SimulatedNode? Leader(SimulatedCluster cluster) =>
        cluster.Nodes.FirstOrDefault(node => node.Host?.Inspect(SimulatedNode.Group).Role is RaftRole.Leader);

    private async void Run()
    {
        while (true)
        {
            await pace.PauseAsync(1000, 6000);
            if (!await AgreeAsync())
                continue;
            var node = cluster.Nodes[random.Next(cluster.Nodes.Count)];
            var kind = random.Next(3) switch { 0 => Memory, 1 when valuesFolder is not null => Values, _ => Files };
            var name = string.Create(CultureInfo.InvariantCulture, $"{node.Name}-{++strikes}");
            var crash = kind == Files
                ? cluster.World.Open(new FaultAction(FaultKind.Crash, cluster.World.Now) { Targets = [node.Name] }) : null;
            // At another instant, so that in a replay, too, it comes behind what the crash does to the disk.
            await pace.PauseAsync(AfterCrash);
            if (cluster.World.Did(kind + name))
                Strike(kind, node, strikes);
            await pace.PauseAsync(10, 500);
            crash?.End();
        }
    }

    /// <summary>Whether all are sound and have the same state: a flipped bit that was not found yet could else meet another.</summary>
    private async Task<bool> AgreeAsync()
    {
        if (!IsSound(cluster) || cluster.Nodes.Select(node => node.Store!.Revision).Distinct().Count() > 1)
            return false; // A newer version than all have could be the one with the flipped bit.
        var hashes = HashesOf(cluster);
        return await pace.UntilAsync(() => hashes.All(hash => hash.IsCompleted), TimeSpan.FromSeconds(2)) && AreSame(hashes);
    }

    private static Task<ulong>[] HashesOf(SimulatedCluster cluster)
    {
        var revision = cluster.Nodes.Min(node => node.Store!.Revision);
        return [.. cluster.Nodes.Select(node => node.HashAtAsync(revision))];
    }

    private static bool AreSame(Task<ulong>[] hashes) => hashes.All(hash => hash.IsCompletedSuccessfully && hash.Result == hashes[0].Result);

    private void Strike(string kind, SimulatedNode node, int strike)
    {
        var where = SeededRandom.For(cluster.World.Seed, string.Create(CultureInfo.InvariantCulture, $"{kind}{node.Name}-{strike}"));
        switch (kind)
        {
            case Memory:
                FlipInMemory(node, where);
                break;
            case Files when !node.Machine.IsUp:
                FlipInFiles(node, where);
                break;
            case Values when valuesFolder is not null && node.Machine.IsUp:
                Flip(node, string.Create(CultureInfo.InvariantCulture, $"{valuesFolder}/{where.Next(1, 4)}"), where, "bits flipped in values");
                break;
        }
    }

    /// <summary>Flips a bit of a value in the replica's own memory, to which a read gives a window.</summary>
    private void FlipInMemory(SimulatedNode node, SeededRandom where)
    {
        if (node.Service is not { } service)
            return;
        var read = service.RangeAsync(new RangeRequest(keyOf(where.Next(100))) { Serializable = true }).AsTask();
        _ = FlipReadAsync(read, where.Next(1 << 20), cluster.World.Now);
    }

    private async Task FlipReadAsync(Task<RangeResponse> read, int at, TimeSpan asked)
    {
        try
        {
            // A node that stood still answers when another one's turn may have come.
            if ((await read).KeyValues is not [{ Value.Length: > 0 } found, ..] || cluster.World.Now - asked > AnswerMax)
                return;
            MemoryMarshal.AsMemory(found.Value).Span[at % found.Value.Length] ^= (byte)(1 << (at % 8));
            cluster.Metrics.Add("bits flipped in memory");
        }
        catch (CoordinationException)
        {
            // The node is stopping.
        }
    }

    private void FlipInFiles(SimulatedNode node, SeededRandom where)
    {
        var disk = node.Machine.Disk;
        List<(string Path, long Block)> blocks = [];
        for (var number = 1; number <= 1000; number++)
        {
            var segment = string.Create(CultureInfo.InvariantCulture, $"wal/{number:d20}.wal");
            blocks.AddRange(Written(segment, disk.ReadAllBytes(segment)));
        }

        blocks.RemoveRange(Math.Max(0, blocks.Count - BlocksKept), Math.Min(BlocksKept, blocks.Count));
        for (var number = 1; number <= 5000; number++)
        {
            var snapshot = string.Create(CultureInfo.InvariantCulture, $"snap/g1/{number:d20}.snap");
            blocks.AddRange(Written(snapshot, disk.ReadAllBytes(snapshot)));
        }

        if (blocks.Count == 0)
            return;
        var (path, block) = blocks[where.Next(blocks.Count)];
        var left = disk.ReadAllBytes(path)!.Length - block;
        disk.FlipBit(path, block + where.Next((int)Math.Min(BlockBytes, left)));
        cluster.Metrics.Add(path.StartsWith("wal", StringComparison.Ordinal) ? "bits flipped in logs" : "bits flipped in snapshots");
    }

    private void Flip(SimulatedNode node, string path, SeededRandom where, string metric)
    {
        if (node.Machine.Disk.ReadAllBytes(path) is not { Length: > 0 } bytes)
            return;
        node.Machine.Disk.FlipBit(path, where.Next(bytes.Length));
        cluster.Metrics.Add(metric);
    }

    /// <summary>The blocks of a file that something was written to.</summary>
    private static IEnumerable<(string Path, long Block)> Written(string path, byte[]? bytes)
    {
        for (var block = 0; block < bytes?.Length; block += BlockBytes)
        {
            if (bytes.AsSpan(block, Math.Min(BlockBytes, bytes.Length - block)).IndexOfAnyExcept((byte)0) >= 0)
                yield return (path, block);
        }
    }
}
