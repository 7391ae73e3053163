namespace Quorate.Tests.Services.Replication;

public sealed class SnapshotCrashTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_replica_that_crashes_at_any_moment_of_a_received_snapshot_catches_up(ulong seed)
    {
        using var cluster = new SimulatedCluster(
            seed, tune: o => o with { SnapshotEntries = 20, LogSegmentBytes = 4 << 20 }, groups: [1, 2]);
        cluster.WaitForLeader();
        var away = cluster.Live.First(node => !node.Group.IsLeader);
        var stays = cluster.Live.First(node => node != away);
        var sent = 0;
        for (var round = 0; round < 12; round++)
        {
            away.Machine.Crash();
            for (var i = 0; i < 30; i++)
            {
                // Long in the state: the snapshot has several chunks.
                Assert.EndsWith("=1", cluster.Outcome(cluster.Propose(stays, $"{sent++:d5}-{new string('x', 2000)}")));
                Assert.EndsWith("=1", cluster.Outcome(cluster.Propose(stays, $"{i}/{round}", 2)));
            }

            away.Machine.Start();
            // From the first chunk to behind the record that names the snapshot as the base of the log.
            cluster.RunUntil(() => away.IsReady, what: "up");
            cluster.World.Run(TimeSpan.FromMilliseconds((round * 13) + cluster.World.Random.Next(13)));
        }

        cluster.RunUntil(() => away.IsReady && away.Tallies[1].Order.Count == sent, what: "caught up");
        cluster.Restart(away);
        cluster.RunUntil(() => away.Tallies[1].Order.Count == sent && away.Tallies[2].Order.Count == sent, what: "caught up again");
        Assert.Equal(stays.Tallies[1].Order, away.Tallies[1].Order);
        Assert.Equal(stays.Tallies[2].Order, away.Tallies[2].Order);
        Assert.All(away.Tallies[1].Counts.Values, count => Assert.Equal(1, count));
        Assert.Equal("after=1", cluster.Outcome(cluster.Propose(away, "after")));
    }
}
