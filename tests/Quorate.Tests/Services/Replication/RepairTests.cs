using System.Globalization;
using Quorate.Kernel.Machines;
using Quorate.Services.Replication;

namespace Quorate.Tests.Services.Replication;

/// <summary>One of three nodes finds another bit on its disk than it wrote, and has its peers make it whole.</summary>
public sealed class RepairTests
{
    // Behind it a flipped bit is in zeros that nothing depends on, or in what a peer has too.
    private const int HeaderBytes = 64;
    private const string FirstSegment = "wal/00000000000000000001.wal";

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [Trait("Speed", "Slow")]
    public void A_flipped_bit_in_any_file_of_one_node_is_repaired_from_its_peers(int part)
    {
        var (flips, repairs) = (0, 0);
        for (var offset = part; offset < 400; offset += 4)
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

        Assert.True(flips >= 200, $"{flips} bits were flipped");
        Assert.True(repairs > flips / 4, $"{repairs} repairs of {flips} flipped bits");
    }

    [Fact]
    public void Two_damaged_nodes_of_three_wait_and_change_nothing()
    {
        using var cluster = Filled(seed: 1);
        var damaged = new[] { cluster.Nodes["n2"], cluster.Nodes["n3"] };
        foreach (var node in damaged)
            Flip(cluster, node, FirstSegment, 16, isKilled: true);
        var before = damaged.Select(node => node.Machine.Disk.ReadAllBytes(FirstSegment)).ToArray();
        foreach (var node in damaged)
            node.Machine.Restart();
        cluster.World.Run(TimeSpan.FromSeconds(60));
        Assert.Equal(before, damaged.Select(node => node.Machine.Disk.ReadAllBytes(FirstSegment)));
        Assert.All(damaged, node => Assert.Null(node.Host));
        Assert.Equal(40, cluster.Nodes["n1"].Tally.Order.Count);
    }

    [Fact]
    public void A_damaged_node_of_two_is_refused_with_file_and_offset()
    {
        using var cluster = new SimulatedCluster(1, count: 2, tune: o => o with { RepairsFromPeers = true });
        cluster.WaitForLeader();
        Load(cluster, "a", 10);
        var node = cluster.Nodes["n2"];
        Flip(cluster, node, FirstSegment, 16, isKilled: false);
        node.Machine.Restart();
        cluster.RunUntil(() => node.Failure is not null, what: "refused");
        Assert.StartsWith($"{FirstSegment} is corrupt at offset ", node.Failure!.Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_node_that_crashes_again_and_again_while_it_is_repaired_is_repaired(ulong seed)
    {
        using var cluster = Filled(seed);
        var node = cluster.Nodes["n3"];
        Flip(cluster, node, FirstSegment, 16, isKilled: false);
        for (var i = 0; i < 30; i++)
        {
            node.Machine.Restart();
            cluster.World.Run(TimeSpan.FromMilliseconds(20 + (i * 15)));
        }

        Repairs(cluster);
        AllAgree(cluster, "crashes");
    }

    [Fact]
    public void What_one_replica_holds_can_be_read_without_its_peers()
    {
        using var cluster = Filled(seed: 2);
        var node = cluster.Nodes["n2"];
        cluster.Settle();
        foreach (var other in cluster.Nodes.Values)
            other.Machine.Crash();
        var state = new TallyMachine();
        SalvagedReplica? read = null;
        var options = new ReplicaHostOptions
        {
            NodeName = "n2",
            ClusterId = 77,
            PeerListen = new NetworkAddress("n2", 7000),
            Members = cluster.Members,
        };
        node.Salvage = async (machine, strand) => read = await ReplicaSalvage.ReadAsync(machine, strand, options, 1, state, default);
        node.Machine.Restart();
        cluster.RunUntil(() => read is not null, what: "read");
        Assert.Equal(40, state.Order.Count);
        Assert.All(state.Counts.Values, count => Assert.Equal(1, count));
        Assert.Equal(3, read!.Members.Count);
        Assert.True(read.LastIndex > 40 && read.Term > 0);
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
