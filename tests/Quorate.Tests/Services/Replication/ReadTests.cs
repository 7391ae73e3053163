using Quorate.Protocols.Raft;

namespace Quorate.Tests.Services.Replication;

[Trait("Speed", "Slow")]
public sealed class ReadTests
{
    [Fact]
    public void A_leader_with_a_lease_reads_without_a_message()
    {
        using var cluster = LeaseCluster(1);
        cluster.WaitForLeader();
        var leader = cluster.Leader;
        cluster.Outcome(cluster.Propose(leader, "a"));
        cluster.World.Run(TimeSpan.FromMilliseconds(300));
        cluster.World.Network.Isolate(leader.Name);
        // Cut off, but within the lease.
        var read = cluster.Sees(leader, "a");
        cluster.RunUntil(() => read.IsCompleted, 1, "read");
        Assert.True(cluster.ResultOf(read));
        // Beyond the lease a round is needed, and none comes about.
        cluster.World.Run(TimeSpan.FromSeconds(1));
        Assert.Matches("^(Timeout|NoLeader): ", cluster.OutcomeOf(cluster.Sees(leader, "a")));
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(11, true)]
    [InlineData(12, false)]
    [InlineData(13, false)]
    [InlineData(14, false)]
    public void A_leader_that_was_cut_off_or_paused_never_serves_a_stale_read(ulong seed, bool pause)
    {
        using var cluster = LeaseCluster(seed);
        cluster.WaitForLeader();
        var old = cluster.Leader;
        for (var round = 0; round < 5; round++)
        {
            old = cluster.Leader;
            Cut(cluster, old, pause);
            cluster.RunUntil(() => cluster.Live.Any(node => node != old && node.LeadsAnnounced), what: "a new leader");
            var next = cluster.Live.First(node => node != old && node.LeadsAnnounced);
            Assert.Equal($"w{round}=1", cluster.Outcome(cluster.Propose(next, $"w{round}")));
            var during = cluster.Sees(old, $"w{round}");
            if (!pause)
                cluster.World.Run(TimeSpan.FromSeconds(1));
            Assert.False(SimulatedCluster.HasMissed(during), "a stale read");
            Mend(cluster, old, pause);
            cluster.RunUntil(() => during.IsCompleted, what: "read");
            Assert.False(SimulatedCluster.HasMissed(during), "a stale read");
            cluster.RunUntil(() => cluster.Live.Count(node => node.LeadsAnnounced) == 1 && old.Group.Leader == cluster.Leader.Id);
        }
    }

    [Fact]
    public void A_follower_that_restarts_keeps_the_lease_of_the_leader()
    {
        using var cluster = LeaseCluster(20);
        cluster.WaitForLeader();
        var leader = cluster.Leader;
        var followers = cluster.Live.Where(node => node != leader).ToArray();
        cluster.World.Run(TimeSpan.FromMilliseconds(500));
        cluster.World.Network.Isolate(leader.Name);
        var cutAt = cluster.World.Now;
        foreach (var follower in followers)
            follower.Machine.Restart();
        cluster.RunUntil(() => followers.Any(node => node.IsReady && node.LeadsAnnounced), what: "a new leader");
        Assert.True(cluster.World.Now - cutAt >= TimeSpan.FromSeconds(0.9), "another leads within the lease");
    }

    [Theory]
    [InlineData(30)]
    [InlineData(31)]
    [InlineData(32)]
    public void Reads_that_were_asked_of_a_leader_that_vanished_are_asked_of_the_next(ulong seed)
    {
        using var cluster = new SimulatedCluster(seed);
        cluster.WaitForLeader();
        var (leader, follower) = (cluster.Leader, cluster.Live.First(node => !node.Group.IsLeader));
        Assert.Equal("a=1", cluster.Outcome(cluster.Propose(follower, "a")));
        cluster.World.Network.Isolate(leader.Name);
        var reads = new List<Task<bool>>();
        for (var i = 0; i < 5; i++)
        {
            reads.Add(cluster.Sees(follower, "a"));
            cluster.World.Run(TimeSpan.FromMilliseconds(50));
        }

        cluster.RunUntil(() => reads.All(read => read.IsCompleted), 5, "read");
        Assert.All(reads, read => Assert.True(cluster.ResultOf(read)));
    }

    private static SimulatedCluster LeaseCluster(ulong seed) =>
        new(seed, tune: o => o with { Raft = new RaftOptions { LeaseReads = true } });

    private static void Cut(SimulatedCluster cluster, SimulatedCluster.Node node, bool pause)
    {
        if (pause)
            node.Machine.Pause();
        else
            cluster.World.Network.Isolate(node.Name);
    }

    private static void Mend(SimulatedCluster cluster, SimulatedCluster.Node node, bool pause)
    {
        if (pause)
            node.Machine.Resume();
        else
            cluster.World.Network.Heal();
    }
}
