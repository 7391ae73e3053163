using System.Globalization;
using Quorate.Services.Replication;

namespace Quorate.Tests.Services.Replication;

/// <summary>One of three nodes finds another bit on its disk than it wrote, and has its peers make it whole.</summary>
public sealed class RepairTests
{
    // Behind it a flipped bit is in zeros that nothing depends on, or in what a peer has too.
    private const int HeaderBytes = 64;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [Trait("Speed", "Slow")]
    public void A_flipped_bit_in_any_file_of_one_node_is_repaired_from_its_peers(int part)
    {
        var (flips, repairs) = (0, 0);
        for (var offset = part; offset < 400; offset += 2)
        {
            using var cluster = Filled(seed: (ulong)(1 + (offset % 5)));
            foreach (var file in FilesOf(cluster, cluster.Nodes["n3"]))
            {
                Flip(cluster, cluster.Nodes["n3"], file, offset, isKilled: offset % 3 == 0);
                flips++;
                repairs += Repairs(cluster);
                AllAgree(cluster, $"{file} at {offset}");
            }
        }

        Assert.True(flips >= 400, $"{flips} bits were flipped");
        Assert.True(repairs > flips / 4, $"{repairs} repairs of {flips} flipped bits");
    }

    private static SimulatedCluster Filled(ulong seed)
    {
        var cluster = new SimulatedCluster(seed, tune: o => o with { SnapshotEntries = 25, RepairsFromPeers = true });
        cluster.WaitForLeader();
        Load(cluster, "a", 40);
        return cluster;
    }

    private static void Load(SimulatedCluster cluster, string name, int count)
    {
        for (var i = 0; i < count; i++)
            Assert.Equal($"{name}{i}=1", cluster.Outcome(cluster.Propose(cluster.Nodes["n1"], $"{name}{i}")));
    }

    private static List<string> FilesOf(SimulatedCluster cluster, SimulatedCluster.Node node) =>
        [.. new[] { "wal", "snap/g1" }.SelectMany(folder => cluster
            .ResultOf(node.Strand.InvokeAsync(() => node.Inner.Disk.ListAsync(folder).AsTask())).Select(name => $"{folder}/{name}"))];

    /// <summary>Where offsets are few, they go through headers first, and then in steps through what was written.</summary>
    private static void Flip(SimulatedCluster cluster, SimulatedCluster.Node node, string file, int offset, bool isKilled)
    {
        if (isKilled)
            node.Machine.Crash();
        else
            node.Machine.Stop();
        cluster.RunUntil(() => !node.Machine.IsUp, what: "down");
        if (node.Machine.Disk.ReadAllBytes(file) is not { Length: > 0 } bytes)
            return;
        var written = Array.FindLastIndex(bytes, b => b != 0) + 1;
        var at = offset < HeaderBytes ? offset : (long)offset * 7919 % written;
        node.Machine.Disk.FlipBit(file, Math.Min(at, bytes.Length - 1));
    }

    private static int Repairs(SimulatedCluster cluster)
    {
        var node = cluster.Nodes["n3"];
        node.Failure = null;
        node.Machine.Restart();
        cluster.RunUntil(() => node.IsReady || node.Failure is not null, what: "up again");
        Assert.Null(node.Failure);
        cluster.RunUntil(() => cluster.Live.Any(live => live.LeadsAnnounced), what: "a leader");
        var isNew = cluster.Leader.Group.Members.Any(member => member.Id == node.Id && member.IsLearner);
        cluster.RunUntil(
            () => cluster.Live.Any(live => live.LeadsAnnounced)
                && cluster.Leader.Group.Members.Any(member => member.Id == node.Id && !member.IsLearner),
            what: "a voter again");
        return isNew ? 1 : 0;
    }

    private static void AllAgree(SimulatedCluster cluster, string what)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"after {what}: ");
        Load(cluster, name, 2);
        var nodes = cluster.Nodes.Values;
        cluster.RunUntil(
            () => cluster.Live.Count() == 3 && nodes.All(node => node.Tally.Order.Count == nodes.First().Tally.Order.Count), what: "settled");
        Assert.All(nodes, node => Assert.Equal(nodes.First().Tally.Order, node.Tally.Order));
        Assert.All(nodes.First().Tally.Counts.Values, count => Assert.Equal(1, count));
    }
}
