using Quorate.Services.Coordination;
using static Quorate.Tests.Services.Coordination.CoordinationFixture;

namespace Quorate.Tests.Services.Coordination;

public sealed class ReplicatedCoordinationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_watch_on_a_follower_that_lagged_behind_a_snapshot_gets_every_event_once_and_in_order(ulong seed)
    {
        using var cluster = new ReplicatedCoordination(seed, o => o with { SnapshotEntries = 40 });
        var (leader, lagging) = (cluster.Leader, cluster.Follower);
        var seen = new List<long>();
        var canceled = false;
        lagging.Strand.Post(() => _ = ReadAsync(lagging.Service!.OpenWatchStream(), seen, () => canceled = true));
        cluster.Do(leader, s => s.PutAsync(Put("k", "0")));
        cluster.RunUntil(() => seen.Count == 1, "watching");
        cluster.CutOffForLong(lagging);
        var before = lagging.Group.AppliedIndex;
        for (var i = 1; i <= 300; i++)
            cluster.Do(leader, s => s.PutAsync(Put("k", new string('v', 1000))));
        Assert.Equal(before, lagging.Group.AppliedIndex);
        Assert.True(cluster.LogBegin(leader) > lagging.Group.AppliedIndex + 1, "the follower would not need a snapshot");
        cluster.World.Network.Heal();
        cluster.RunUntil(() => seen.Count == 301, $"all events seen, but {seen.Count}");
        Assert.Equal(Enumerable.Range(2, 301).Select(i => (long)i), seen);
        Assert.False(canceled);
        cluster.Do(leader, s => s.PutAsync(Put("k", "last")));
        cluster.RunUntil(() => seen.Count == 302, "the watch goes on");
    }

    [Fact]
    public void A_watch_whose_history_a_snapshot_has_compacted_away_is_canceled_with_the_revision()
    {
        using var cluster = new ReplicatedCoordination(4, o => o with { SnapshotEntries = 40 });
        var (leader, lagging) = (cluster.Leader, cluster.Follower);
        var messages = new List<WatchMessage>();
        lagging.Strand.Post(() => _ = CollectAsync(lagging.Service!.OpenWatchStream(), messages));
        cluster.Do(leader, s => s.PutAsync(Put("k", "0")));
        cluster.RunUntil(() => messages.Any(m => m.Events.Count > 0), "watching");
        cluster.CutOffForLong(lagging);
        for (var i = 1; i <= 200; i++)
            cluster.Do(leader, s => s.PutAsync(Put("k", new string('v', 1000))));
        cluster.Do(leader, s => s.CompactAsync(150, physical: true));
        for (var i = 1; i <= 100; i++)
            cluster.Do(leader, s => s.PutAsync(Put("k", new string('v', 1000))));
        Assert.True(cluster.LogBegin(leader) > lagging.Group.AppliedIndex + 1, "the follower would not need a snapshot");
        cluster.World.Network.Heal();
        cluster.RunUntil(() => messages.Any(m => m.Canceled), "canceled");
        var end = messages.First(m => m.Canceled);
        Assert.Equal(150, end.CompactRevision);
    }

    [Fact]
    public void Hashes_agree_on_all_replicas_alarms_reach_them_and_the_lead_is_handed_on()
    {
        using var cluster = new ReplicatedCoordination(6);
        var (leader, follower) = (cluster.Leader, cluster.Follower);
        for (var i = 0; i < 50; i++)
            cluster.Do(leader, s => s.PutAsync(Put($"k{i % 7}", $"{i}")));
        cluster.RunUntil(() => cluster.Replicas.All(r => r.Group.AppliedIndex == leader.Group.AppliedIndex), "all applied");
        Assert.Single(cluster.Replicas.Select(r => cluster.Do(r, s => s.HashKeysAsync(30)).Hash).Distinct());
        cluster.Do(follower, s => s.RaiseAlarmAsync(new Alarm(follower.Group.Self.Value, AlarmKind.NoSpace)));
        Assert.Throws<CoordinationException>(() => { cluster.Do(leader, s => s.PutAsync(Put("k", "refused"))); });
        Assert.Single(cluster.Do(leader, s => s.AlarmsAsync(AlarmKind.NoSpace)).Alarms);

        Assert.Equal(
            CoordinationError.NotLeader,
            Assert.Throws<CoordinationException>(() => { cluster.Do(follower, MoveTo(follower)); }).Error);
        cluster.Do(leader, MoveTo(follower));
        Assert.Same(follower, cluster.Leader);
        cluster.World.Network.Isolate(cluster.Replicas.First(r => r != follower).Name);
        var gone = cluster.Replicas.First(r => r != follower);
        Assert.Equal(
            CoordinationError.LeaderTransferTimeout,
            Assert.Throws<CoordinationException>(() => { cluster.Do(follower, MoveTo(gone)); }).Error);

        static Func<Quorate.Services.Coordination.Serving.CoordinationService, ValueTask<bool>> MoveTo(ReplicatedCoordination.Replica to) =>
            async service =>
            {
                await service.MoveLeaderAsync(to.Group.Self.Value);
                return true;
            };
    }

    [Fact]
    public void A_lease_is_kept_alive_through_a_follower_and_runs_out_without()
    {
        using var cluster = new ReplicatedCoordination(5);
        var follower = cluster.Follower;
        var lease = cluster.Do(follower, s => s.LeaseGrantAsync(0, 3));
        cluster.Do(follower, s => s.PutAsync(Put("k", "v", lease.Id)));
        for (var i = 0; i < 10; i++)
        {
            cluster.World.Run(TimeSpan.FromSeconds(1));
            var kept = cluster.Do(follower, s => s.LeaseKeepAliveAsync(lease.Id));
            Assert.Equal((lease.Id, 3L), (kept.Id, kept.TtlSeconds));
        }

        Assert.Single(cluster.Do(follower, s => s.RangeAsync(Get("k"))).KeyValues);
        Assert.InRange(cluster.Do(follower, s => s.LeaseTimeToLiveAsync(lease.Id, true)).TtlSeconds, 1, 3);
        cluster.World.Run(TimeSpan.FromSeconds(8));
        Assert.Empty(cluster.Do(follower, s => s.RangeAsync(Get("k"))).KeyValues);
        Assert.Equal(0, cluster.Do(follower, s => s.LeaseKeepAliveAsync(lease.Id)).TtlSeconds);
    }

    private static async Task ReadAsync(IWatchStream stream, List<long> seen, Action canceled)
    {
        stream.Create(new WatchCreateRequest(Bytes("k")));
        while (await stream.ReadAsync() is { } message)
        {
            seen.AddRange(message.Events.Select(e => e.KeyValue.ModRevision));
            if (message.Canceled)
                canceled();
        }
    }

    private static async Task CollectAsync(IWatchStream stream, List<WatchMessage> messages)
    {
        stream.Create(new WatchCreateRequest(Bytes("k")));
        while (await stream.ReadAsync() is { } message)
            messages.Add(message);
    }
}
