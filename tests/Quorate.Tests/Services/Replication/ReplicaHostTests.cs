using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;
using Quorate.Protocols.Raft;
using Quorate.Services.Replication;

namespace Quorate.Tests.Services.Replication;

public sealed class ReplicaHostTests
{
    [Fact]
    public void A_command_proposed_at_the_leader_is_applied_once_on_every_replica()
    {
        using var cluster = new SimulatedCluster(1);
        cluster.WaitForLeader();
        Assert.Equal("a=1", cluster.Outcome(cluster.Propose(cluster.Leader, "a")));
        cluster.Settle();
        Assert.All(cluster.Live, node => Assert.Equal(["a"], node.Tally.Order));
    }

    [Fact]
    public void A_follower_forwards_and_answers_itself()
    {
        using var cluster = new SimulatedCluster(2);
        cluster.WaitForLeader();
        foreach (var follower in cluster.Live.Where(node => !node.Group.IsLeader).ToArray())
            Assert.Equal($"{follower.Name}=1", cluster.Outcome(cluster.Propose(follower, follower.Name)));
    }

    [Fact]
    public void A_command_before_there_is_a_leader_waits_for_one()
    {
        using var cluster = new SimulatedCluster(3);
        cluster.RunUntil(() => cluster.Live.Count() == 3);
        Assert.Equal("early=1", cluster.Outcome(cluster.Propose(cluster.Nodes["n1"], "early")));
    }

    [Fact]
    public void Without_a_majority_a_command_fails_and_says_whether_it_may_still_be_applied()
    {
        using var cluster = new SimulatedCluster(4);
        cluster.WaitForLeader();
        var leader = cluster.Leader;
        cluster.Outcome(cluster.Propose(leader, "first"));
        foreach (var node in cluster.Live.Where(node => node != leader).ToArray())
            node.Machine.Crash();
        var atOnce = cluster.Propose(leader, "unknown");
        Assert.StartsWith("Timeout: ", cluster.Outcome(atOnce));
        cluster.RunUntil(() => leader.Group.Leader.IsNone, what: "stepped down");
        Assert.StartsWith("NoLeader: ", cluster.Outcome(cluster.Propose(leader, "definite")));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void Leaders_that_crash_under_load_lose_no_answered_command_and_apply_none_twice(ulong seed)
    {
        using var cluster = new SimulatedCluster(seed, 5);
        cluster.WaitForLeader();
        var answered = new List<string>();
        for (var round = 0; round < 6; round++)
        {
            var tasks = cluster.Live.SelectMany(node => Enumerable.Range(0, 20).Select(i => $"{round}/{node.Name}/{i}")
                .Select(name => (name, task: cluster.Propose(node, name)))).ToArray();
            var victim = cluster.Live.FirstOrDefault(node => node.LeadsAnnounced);
            cluster.World.Run(TimeSpan.FromMilliseconds(1 + (round * 3)));
            victim?.Machine.Crash();
            var lost = $"/{victim?.Name ?? "nobody"}/";
            cluster.RunUntil(() => tasks.All(t => t.task.IsCompleted || t.name.Contains(lost)), what: "answered");
            answered.AddRange(tasks.Where(t => t.task.IsCompletedSuccessfully).Select(t => t.name));
            victim?.Machine.Start();
        }

        cluster.RunUntil(() => cluster.Live.Count() == 5);
        Assert.Contains("last=1", cluster.Outcome(cluster.Propose(cluster.Nodes["n1"], "last")));
        cluster.Settle();
        Assert.True(answered.Count > 300, $"{answered.Count} were answered");
        foreach (var node in cluster.Live)
        {
            Assert.All(node.Tally.Counts, pair => Assert.True(pair.Value == 1, $"{pair.Key} was applied {pair.Value} times"));
            Assert.All(answered, name => Assert.True(node.Tally.Counts.ContainsKey(name), $"{name} is lost on {node.Name}"));
            Assert.Equal(cluster.Nodes["n1"].Tally.Order, node.Tally.Order);
        }
    }

    [Fact]
    public void Links_that_break_again_and_again_make_nothing_happen_twice()
    {
        using var cluster = new SimulatedCluster(20);
        cluster.WaitForLeader();
        var follower = cluster.Live.First(node => !node.Group.IsLeader);
        var tasks = new List<Task<byte[]>>();
        for (var i = 0; i < 60; i++)
        {
            tasks.Add(cluster.Propose(follower, $"c{i}"));
            cluster.World.Run(TimeSpan.FromMilliseconds(3));
            cluster.World.Network.ResetConnections(follower.Name, cluster.Live.First(node => node != follower).Name);
        }

        for (var i = 0; i < tasks.Count; i++)
            Assert.Equal($"c{i}=1", cluster.Outcome(tasks[i]));
    }

    [Fact]
    public void A_barrier_sees_what_was_answered_elsewhere()
    {
        using var cluster = new SimulatedCluster(30);
        cluster.WaitForLeader();
        for (var i = 0; i < 20; i++)
        {
            cluster.Outcome(cluster.Propose(cluster.Leader, $"w{i}"));
            foreach (var node in cluster.Live.ToArray())
            {
                var seen = node.Strand.InvokeAsync(async () =>
                {
                    await node.Group.ReadBarrierAsync(default);
                    return node.Tally.Counts.ContainsKey($"w{i}");
                });
                Assert.True(cluster.ResultOf(seen), $"{node.Name} does not see w{i}");
            }
        }
    }

    [Fact]
    public void All_replicas_restart_and_nothing_is_lost()
    {
        using var cluster = new SimulatedCluster(40);
        cluster.WaitForLeader();
        for (var i = 0; i < 30; i++)
            cluster.Outcome(cluster.Propose(cluster.Nodes["n2"], $"k{i}"));
        foreach (var node in cluster.Nodes.Values)
            node.Machine.Restart();
        cluster.RunUntil(() => cluster.Live.Count() == 3);
        Assert.Equal("after=1", cluster.Outcome(cluster.Propose(cluster.Nodes["n3"], "after")));
        cluster.Settle();
        Assert.All(cluster.Live, node => Assert.Equal([.. Enumerable.Range(0, 30).Select(i => $"k{i}"), "after"], node.Tally.Order));
    }

    [Fact]
    public void A_replica_that_was_away_catches_up_by_snapshot_and_restarts_from_it()
    {
        using var cluster = new SimulatedCluster(50, tune: o => o with { SnapshotEntries = 50 });
        cluster.WaitForLeader();
        var away = cluster.Live.First(node => !node.Group.IsLeader);
        away.Machine.Crash();
        for (var i = 0; i < 200; i++)
            cluster.Outcome(cluster.Propose(cluster.Leader, $"{i:d3}-{new string('x', 3000)}"));
        away.Machine.Start();
        cluster.RunUntil(() => away.IsReady && away.Tally.Order.Count == 200, what: "caught up");
        Assert.True(away.Tally.Counts.Values.All(count => count == 1));
        away.Machine.Restart();
        cluster.RunUntil(() => cluster.Live.Count() == 3 && away.Tally.Order.Count == 200, what: "restarted");
        Assert.Equal("z=1", cluster.Outcome(cluster.Propose(away, "z")));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Many_groups_share_one_log_and_an_idle_group_does_not_hold_it_up()
    {
        using var cluster = new SimulatedCluster(
            60, tune: o => o with { SnapshotEntries = 100, LogSegmentBytes = 4 << 20, SnapshotLogBytes = 4 << 20 }, groups: [1, 2, 3]);
        cluster.WaitForLeader();
        var node = cluster.Nodes["n1"];
        Assert.Equal("idle=1", cluster.Outcome(cluster.Propose(node, "idle", 2)));
        Assert.Equal("idle=1", cluster.Outcome(cluster.Propose(node, "idle", 3)));
        var big = new string('y', 100_000);
        for (var i = 0; i < 250; i++)
            cluster.Outcome(cluster.Propose(node, $"{i}{big}"));
        foreach (var each in cluster.Nodes.Values)
            each.Machine.Restart();
        cluster.RunUntil(() => cluster.Live.Count() == 3);
        Assert.Equal("more=1", cluster.Outcome(cluster.Propose(node, "more", 2)));
        Assert.Equal(["idle", "more"], node.Tallies[2].Order);
        Assert.Equal("more=1", cluster.Outcome(cluster.Propose(node, "more", 3)));
        Assert.Equal("more=1", cluster.Outcome(cluster.Propose(node, "more")));
        Assert.Equal(251, node.Tally.Order.Count);
    }

    [Fact]
    public void A_member_is_added_and_another_removed()
    {
        using var cluster = new SimulatedCluster(70, tune: o => o with { SnapshotEntries = 20 });
        cluster.WaitForLeader();
        for (var i = 0; i < 50; i++)
            cluster.Outcome(cluster.Propose(cluster.Leader, $"k{i}"));
        var newcomer = new PeerMember("n4", new NetworkAddress("n4", 7000), "n4:2379");
        var added = cluster.AddNode("n4", [.. cluster.Members, newcomer], []);
        cluster.RunUntil(() => added.IsReady);
        var gone = cluster.Live.First(node => node != added && !node.Group.IsLeader);
        var staying = cluster.Nodes.Values.Where(node => node != gone).Select(node => node.Id);
        var asked = cluster.Nodes.Values.First(node => node != gone && node != added && !node.Group.IsLeader);
        var change = asked.Host!.ChangeMembersAsync(1, new Configuration(staying), [newcomer], default);
        cluster.RunUntil(() => change.IsCompleted, what: "changed");
        Assert.True(change.IsCompletedSuccessfully, change.Exception?.ToString());
        cluster.RunUntil(() => added.Tally.Order.Count == 50, what: "caught up");
        Assert.Equal("new=1", cluster.Outcome(cluster.Propose(added, "new")));
        Assert.Contains(added.Group.Members, member => member.Name == "n4" && member.ClientAddress == "n4:2379");
        Assert.DoesNotContain(cluster.Leader.Group.Members, member => member.Id == gone.Id);
        var term = cluster.Leader.Group.Term;
        cluster.World.Run(TimeSpan.FromSeconds(30));
        Assert.Equal(term, cluster.Leader.Group.Term);
    }

    [Fact]
    public void Leadership_is_handed_over_on_request_and_when_the_leader_stops()
    {
        using var cluster = new SimulatedCluster(80);
        cluster.WaitForLeader();
        var (old, next) = (cluster.Leader, cluster.Live.First(node => !node.Group.IsLeader));
        // What is proposed there comes back once it knows who leads.
        Assert.Equal("first=1", cluster.Outcome(cluster.Propose(next, "first")));
        var transfer = next.Host!.TransferLeadershipAsync(1, next.Id, default);
        cluster.RunUntil(() => transfer.IsCompleted, what: "answered");
        Assert.True(transfer.IsCompletedSuccessfully, transfer.Exception?.ToString());
        cluster.RunUntil(() => next.LeadsAnnounced, what: "handed over");
        Assert.False(old.LeadsAnnounced);
        next.Machine.Stop();
        var before = cluster.World.Now;
        cluster.RunUntil(() => cluster.Live.Any(node => node != next && node.LeadsAnnounced), what: "a new leader");
        Assert.True(cluster.World.Now - before < TimeSpan.FromSeconds(1), "the others had to wait for an election timeout");
    }

    [Fact]
    public void A_method_of_another_replica_is_called_and_its_error_comes_back()
    {
        using var cluster = new SimulatedCluster(90);
        cluster.WaitForLeader();
        var (a, b) = (cluster.Nodes["n1"], cluster.Nodes["n2"]);
        b.Group.Handle(7, (request, _) => request.Length > 1
            ? ValueTask.FromResult(request.ToArray().Reverse().ToArray())
            : throw new InvalidOperationException("too short"));
        var good = a.Strand.InvokeAsync(() => a.Group.CallAsync(b.Id, 7, new byte[] { 1, 2 }, default).AsTask());
        Assert.Equal([2, 1], cluster.ResultOf(good));
        var bad = a.Strand.InvokeAsync(() => a.Group.CallAsync(b.Id, 7, new byte[] { 1 }, default).AsTask());
        Assert.Contains("too short", cluster.Outcome(bad));
        b.Machine.Crash();
        cluster.World.Run(TimeSpan.FromSeconds(1));
        var lost = a.Strand.InvokeAsync(() => a.Group.CallAsync(b.Id, 7, new byte[] { 1 }, default).AsTask());
        Assert.Matches("^(Unreachable|Timeout): ", cluster.Outcome(lost));
    }

    [Fact]
    public void Beyond_its_bounds_a_group_is_overloaded_or_refuses_at_once()
    {
        using var cluster = new SimulatedCluster(100, tune: o => o with { InflightMax = 4, CommandBytesMax = 100 });
        cluster.WaitForLeader();
        var tasks = Enumerable.Range(0, 12).Select(i => cluster.Propose(cluster.Leader, $"c{i}")).ToArray();
        Assert.StartsWith("TooLarge: ", cluster.Outcome(cluster.Propose(cluster.Leader, new string('x', 101))));
        cluster.RunUntil(() => tasks.All(task => task.IsCompleted));
        Assert.Equal(8, tasks.Count(task => task.IsCompletedSuccessfully));
        Assert.Equal(4, tasks.Count(task => task.Exception?.InnerException is ReplicationException { Error: ReplicationError.Overloaded }));
    }

    [Fact]
    public void A_node_of_another_cluster_is_refused()
    {
        using var cluster = new SimulatedCluster(110, tune: o => o.NodeName == "n3" ? o with { ClusterId = 78 } : o);
        cluster.WaitForLeader();
        cluster.World.Run(TimeSpan.FromSeconds(5));
        Assert.Equal(0, cluster.Nodes["n3"].Group.AppliedIndex);
        Assert.Equal("a=1", cluster.Outcome(cluster.Propose(cluster.Leader, "a")));
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        ulong Hash()
        {
            using var cluster = new SimulatedCluster(5);
            cluster.WaitForLeader();
            for (var i = 0; i < 10; i++)
                cluster.Outcome(cluster.Propose(cluster.Nodes["n2"], $"k{i}"));
            return cluster.World.TraceHash;
        }

        Assert.Equal(Hash(), Hash());
    }
}
