using Quorate.Kernel.Machines;

namespace Quorate.Tests.Services.Replication;

[Trait("Speed", "Slow")]
public sealed class DiskTroubleTests
{
    private const int Padding = 100_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_leader_whose_disk_is_full_refuses_and_goes_on_when_there_is_room(ulong seed)
    {
        using var cluster = new SimulatedCluster(seed, tune: o => o with { LogSegmentBytes = 4 << 20 });
        cluster.WaitForLeader();
        var leader = cluster.Leader;
        leader.Machine.Disk.CapacityBytes = leader.Machine.Disk.UsedBytes;
        var answered = new List<string>();
        var refused = "";
        for (var i = 0; i < 200 && refused.Length == 0; i++)
        {
            var outcome = cluster.Outcome(cluster.Propose(leader, Padded($"k{i}")));
            if (outcome == $"k{i}=1")
                answered.Add($"k{i}");
            else
                refused = outcome;
        }

        Assert.StartsWith("DiskFull: ", refused);
        var follower = cluster.Live.First(node => node != leader);
        Assert.StartsWith("DiskFull: ", cluster.Outcome(cluster.Propose(follower, "forwarded")));
        leader.Machine.Disk.RestoreCapacity();
        cluster.World.Run(TimeSpan.FromSeconds(3));
        Assert.Equal("after=1", cluster.Outcome(cluster.Propose(leader, "after")));
        foreach (var node in cluster.Nodes.Values)
            node.Machine.Restart();
        cluster.RunUntil(() => cluster.Live.Count() == 3);
        Assert.Equal("last=1", cluster.Outcome(cluster.Propose(cluster.Nodes["n1"], "last")));
        cluster.Settle();
        foreach (var node in cluster.Live)
        {
            Assert.Superset(answered.Append("after").Append("last").ToHashSet(), node.Tally.Order.ToHashSet());
            Assert.DoesNotContain("forwarded", node.Tally.Order);
            Assert.All(node.Tally.Counts.Values, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void A_follower_whose_disk_is_full_holds_up_nobody_and_catches_up()
    {
        using var cluster = new SimulatedCluster(3, tune: o => o with { LogSegmentBytes = 4 << 20 });
        cluster.WaitForLeader();
        var follower = cluster.Live.First(node => !node.Group.IsLeader);
        follower.Machine.Disk.CapacityBytes = follower.Machine.Disk.UsedBytes;
        for (var i = 0; i < 100; i++)
            Assert.Equal($"k{i}=1", cluster.Outcome(cluster.Propose(cluster.Leader, Padded($"k{i}"))));
        follower.Machine.Disk.RestoreCapacity();
        cluster.RunUntil(() => follower.Tally.Order.Count == 100, what: "caught up");
        cluster.Restart(follower);
        cluster.RunUntil(() => follower.Tally.Order.Count == 100, what: "caught up again");
    }

    [Fact]
    public void A_host_stops_although_its_disk_is_full()
    {
        using var cluster = new SimulatedCluster(4, tune: o => o with { LogSegmentBytes = 4 << 20, SnapshotEntries = 5 });
        cluster.WaitForLeader();
        var follower = cluster.Live.First(node => !node.Group.IsLeader);
        follower.Machine.Disk.CapacityBytes = follower.Machine.Disk.UsedBytes + (1 << 20);
        for (var i = 0; i < 100; i++)
            cluster.Outcome(cluster.Propose(cluster.Leader, Padded($"k{i}")));
        follower.Machine.Stop();
        cluster.RunUntil(() => follower.Machine.HasFinished, 20, "stopped");
        follower.Machine.Disk.Heal();
        follower.Machine.Start();
        cluster.RunUntil(() => follower.IsReady && follower.Tally.Order.Count == 100, what: "caught up");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_failed_sync_stops_the_node_the_others_go_on_and_a_restart_recovers(bool atLeader)
    {
        using var cluster = new SimulatedCluster(5);
        cluster.WaitForLeader();
        var victim = cluster.Live.First(node => node.Group.IsLeader == atLeader);
        var other = cluster.Live.First(node => node != victim);
        Assert.Equal("before=1", cluster.Outcome(cluster.Propose(victim, "before")));
        victim.Machine.Disk.SyncFailureRate = 1;
        var during = cluster.Propose(other, "during");
        cluster.RunUntil(() => victim.Failure is not null, 20, "broken");
        Assert.Equal("during=1", cluster.Outcome(during));
        for (var i = 0; i < 20; i++)
            Assert.Equal($"k{i}=1", cluster.Outcome(cluster.Propose(other, $"k{i}")));
        cluster.Restart(victim);
        Assert.Equal("after=1", cluster.Outcome(cluster.Propose(victim, "after")));
        cluster.Settle();
        Assert.All(cluster.Live, node => Assert.Equal(cluster.Nodes["n1"].Tally.Order, node.Tally.Order));
        Assert.Equal(23, victim.Tally.Order.Count);
    }

    [Fact]
    public void A_snapshot_whose_log_is_gone_is_refused_for_the_vote_is_gone_with_it()
    {
        using var cluster = new SimulatedCluster(6, 1, tune: o => o with { SnapshotEntries = 10 });
        cluster.WaitForLeader();
        var node = cluster.Leader;
        for (var i = 0; i < 30; i++)
            cluster.Outcome(cluster.Propose(node, $"k{i}"));
        cluster.World.Run(TimeSpan.FromSeconds(1));
        var deleted = node.Strand.InvokeAsync(async () =>
        {
            foreach (var name in await node.Inner.Disk.ListAsync("wal"))
                await node.Inner.Disk.DeleteAsync($"wal/{name}");
            await node.Inner.Disk.SyncDirectoryAsync("wal");
            return true;
        });
        cluster.ResultOf(deleted);
        node.Machine.Restart();
        cluster.RunUntil(() => node.Failure is not null, what: "refused");
        Assert.Contains("the log holds nothing of the group", Assert.IsType<CorruptFileException>(node.Failure).Message);
    }

    /// <summary>Long on the disk, short in the state.</summary>
    private static string Padded(string name) => name + new string('\0', Padding);
}
