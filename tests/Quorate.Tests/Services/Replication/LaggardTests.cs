using Quorate.Protocols.Raft;
using Quorate.Services.Replication;

namespace Quorate.Tests.Services.Replication;

/// <summary>Followers that need entries whose payloads the leader no longer has in memory.</summary>
public sealed class LaggardTests
{
    private static readonly Func<ReplicaHostOptions, ReplicaHostOptions> LittleMemory = options => options with
    {
        Raft = options.Raft with { LogMemoryBytes = 4 << 10 },
        CommandBytesMax = 128 << 10,
        LogSegmentBytes = 256 << 10,
    };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_replica_that_was_away_is_fed_from_the_disk_without_a_snapshot(ulong seed)
    {
        using var cluster = new SimulatedCluster(seed, tune: LittleMemory, groups: [1, 2]);
        cluster.WaitForLeader();
        var away = cluster.Live.First(node => !node.Group.IsLeader);
        away.Machine.Crash();
        var random = new Random((int)seed);
        for (var i = 0; i < 600; i++)
        {
            cluster.Propose(cluster.Leader, $"{i:d3}-{new string('x', random.Next(40) == 0 ? 40_000 : random.Next(900))}");
            if (i % 3 == 0)
                cluster.Outcome(cluster.Propose(cluster.Live.First(node => node.Group.IsLeader), $"other-{i}", 2));
        }

        cluster.RunUntil(() => cluster.Live.All(node => node.Tally.Order.Count == 600), what: "applied by the others");
        Assert.True(CoreOf(cluster.Leader).FirstInMemory > 300, "payloads were let go");
        away.Machine.Start();
        cluster.RunUntil(() => away.IsReady && away.Tally.Order.Count == 600, what: "caught up");
        Assert.Equal(cluster.Leader.Tally.Order, away.Tally.Order);
        Assert.Equal(1, CoreOf(cluster.Leader).FirstIndex);
        Assert.Equal(1, CoreOf(away).FirstIndex);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    public void Under_load_with_crashes_and_snapshots_each_replica_catches_up_and_all_are_alike(ulong seed)
    {
        using var cluster = new SimulatedCluster(seed, tune: options => LittleMemory(options) with { SnapshotEntries = 400 });
        cluster.WaitForLeader();
        var random = new Random((int)seed);
        var names = cluster.Nodes.Keys.ToArray();
        for (var round = 0; round < 6; round++)
        {
            var away = cluster.Nodes[names[random.Next(3)]];
            away.Machine.Crash();
            cluster.WaitForLeader();
            for (var i = 0; i < 150; i++)
                cluster.Outcome(cluster.Propose(cluster.Live.First(), $"{round}-{i}-{new string('x', random.Next(500))}"));
            away.Machine.Start();
            for (var i = 150; i < 200; i++)
                cluster.Outcome(cluster.Propose(cluster.Live.First(node => node != away), $"{round}-{i}"));
            cluster.RunUntil(() => cluster.Live.Count() == 3 && away.Tally.Counts.ContainsKey($"{round}-199"), what: "caught up");
        }

        cluster.RunUntil(() => cluster.Live.All(node => node.Tally.Order.Count == 1_200), what: "alike");
        Assert.All(cluster.Live, node => Assert.Equal(cluster.Leader.Tally.Order, node.Tally.Order));
    }

    private static RaftCore CoreOf(SimulatedCluster.Node node) => ((ReplicaGroup)node.Group).Core;
}
