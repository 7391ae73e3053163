using Quorate.Services.Replication;

namespace Quorate.Tests.Services.Replication;

/// <summary>What rots while nobody reads it is found by reading it, and mended before it is needed.</summary>
public sealed class ScrubTests
{
    private const int FirstBatch = 4096;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_damaged_log_is_found_while_the_node_runs_and_taken_anew_from_the_peers(ulong seed)
    {
        using var cluster = Scrubbed(seed, snapshotEntries: 10_000);
        var node = cluster.Live.First(live => !live.Group.IsLeader);
        node.Machine.Disk.FlipBit("wal/00000000000000000001.wal", FirstBatch + 50);
        cluster.RunUntil(() => node.Failure is RepairNeededException, what: "found");
        node.Failure = null;
        cluster.Restart(node);
        cluster.RunUntil(() => node.Tally.Order.Count == 40, what: "caught up");
        cluster.RunUntil(
            () => cluster.Live.Any(live => live.LeadsAnnounced)
                && cluster.Leader.Group.Members.Single(member => member.Id == node.Id) is { IsLearner: false },
            what: "a voter again");
        cluster.World.Run(TimeSpan.FromSeconds(10));
        Assert.All(cluster.Nodes.Values, other => Assert.Null(other.Failure));
    }

    [Fact]
    public void A_damaged_snapshot_is_found_while_the_node_runs_and_replaced_by_one_of_its_own_state()
    {
        using var cluster = Scrubbed(seed: 3, snapshotEntries: 30);
        var node = cluster.Live.First(live => !live.Group.IsLeader);
        var before = Newest(cluster, node);
        node.Machine.Disk.FlipBit($"snap/g1/{before}", node.Machine.Disk.ReadAllBytes($"snap/g1/{before}")!.Length / 2);
        cluster.World.Run(TimeSpan.FromSeconds(5));
        Assert.Equal("more=1", cluster.Outcome(cluster.Propose(node, "more")));
        cluster.RunUntil(() => node.Machine.Disk.ReadAllBytes($"snap/g1/{before}") is null, what: "replaced");
        cluster.World.Run(TimeSpan.FromSeconds(2));
        cluster.Restart(node);
        cluster.RunUntil(() => node.Tally.Order.Count == 41, what: "recovered");
        Assert.Equal(0, node.Machine.Disk.ReadAllBytes("quorate.repair")?.Length ?? 0);
        Assert.Null(node.Failure);
    }

    private static SimulatedCluster Scrubbed(ulong seed, long snapshotEntries)
    {
        var cluster = new SimulatedCluster(seed, tune: o => o with
        {
            SnapshotEntries = snapshotEntries,
            RepairsFromPeers = true,
            ScrubInterval = TimeSpan.FromSeconds(1),
        });
        cluster.WaitForLeader();
        for (var i = 0; i < 40; i++)
            Assert.Equal($"a{i}=1", cluster.Outcome(cluster.Propose(cluster.Nodes["n1"], $"a{i}")));
        cluster.Settle();
        return cluster;
    }

    private static string Newest(SimulatedCluster cluster, SimulatedCluster.Node node)
    {
        var names = cluster.ResultOf(node.Strand.InvokeAsync(() => node.Inner.Disk.ListAsync("snap/g1").AsTask()));
        return names.Last(name => name.EndsWith(".snap", StringComparison.Ordinal));
    }
}
