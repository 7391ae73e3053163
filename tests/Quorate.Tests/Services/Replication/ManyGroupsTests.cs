using System.Text;
using Quorate.Kernel.Encoding;
using Quorate.Services.Replication;
using Quorate.Services.Replication.Sessions;

namespace Quorate.Tests.Services.Replication;

public sealed class ManyGroupsTests
{
    [Fact]
    public void Twenty_groups_share_one_log_and_one_connection_to_each_peer()
    {
        var groups = Enumerable.Range(1, 20).Select(i => (ulong)i).ToArray();
        using var cluster = new SimulatedCluster(1, groups: groups);
        cluster.RunUntil(() => cluster.Live.Count() == 3);
        foreach (var group in groups)
            Assert.Equal("x=1", cluster.Outcome(cluster.Propose(cluster.Nodes["n2"], "x", group)));
        foreach (var node in cluster.Live.ToArray())
        {
            // Each of two peers is dialled once, and dials once.
            Assert.Equal(4, cluster.World.Network.ConnectionsOf(node.Name));
            var segments = cluster.ResultOf(node.Strand.InvokeAsync(() => node.Inner.Disk.ListAsync("wal").AsTask()));
            Assert.Single(segments, name => !name.EndsWith(".tmp"));
        }

        foreach (var node in cluster.Nodes.Values)
            node.Machine.Restart();
        cluster.RunUntil(() => cluster.Live.Count() == 3);
        foreach (var group in groups)
            Assert.Equal("y=1", cluster.Outcome(cluster.Propose(cluster.Nodes["n1"], "y", group)));
        Assert.All(groups, group => Assert.Equal(["x", "y"], cluster.Nodes["n1"].Tallies[group].Order));
    }

    [Fact]
    public void A_group_is_added_while_the_hosts_run_and_again_after_a_restart()
    {
        using var cluster = new SimulatedCluster(2);
        cluster.WaitForLeader();
        AddEverywhere(cluster);
        Assert.Equal("a=1", cluster.Outcome(cluster.Propose(cluster.Nodes["n1"], "a", 9)));
        Assert.Equal("b=1", cluster.Outcome(cluster.Propose(cluster.Nodes["n1"], "b")));
        foreach (var node in cluster.Nodes.Values)
            node.Machine.Restart();
        cluster.RunUntil(() => cluster.Live.Count() == 3);
        var tallies = AddEverywhere(cluster);
        Assert.Equal("c=1", cluster.Outcome(cluster.Propose(cluster.Nodes["n3"], "c", 9)));
        cluster.Settle(9);
        Assert.All(tallies, tally => Assert.Equal(["a", "c"], tally.Order));
    }

    [Fact]
    public void A_group_is_opened_once_in_a_life_of_the_host()
    {
        using var cluster = new SimulatedCluster(3);
        cluster.WaitForLeader();
        var host = cluster.Nodes["n1"].Host!;
        var first = host.AddGroupAsync(new GroupSetup(9, new TallyMachine()), default);
        var second = host.AddGroupAsync(new GroupSetup(9, new TallyMachine()), default);
        Assert.Equal("done", cluster.OutcomeOf(first));
        Assert.Contains("opened before", cluster.OutcomeOf(second));
        Assert.Contains("already", cluster.OutcomeOf(host.AddGroupAsync(new GroupSetup(9, new TallyMachine()), default)));
    }

    [Fact]
    public void A_session_that_many_others_pushed_out_makes_its_next_call_unknown_and_is_then_renewed()
    {
        using var cluster = new SimulatedCluster(4);
        cluster.WaitForLeader();
        var leader = cluster.Leader;
        var follower = cluster.Live.First(node => node != leader);
        Assert.Equal("before=1", cluster.Outcome(cluster.Propose(follower, "before")));
        Assert.Equal("leader=1", cluster.Outcome(cluster.Propose(leader, "leader")));
        var registrations = new ByteWriter();
        registrations.WriteVarUInt(Applier.SessionsMax);
        for (ulong i = 1; i <= Applier.SessionsMax; i++)
            registrations.WriteBytes(PayloadCodec.Register(i));
        var group = (ReplicaGroup)leader.Group;
        var answer = cluster.ResultOf(leader.Strand.InvokeAsync(
            () => group.ServeAsync((byte)HostService.Propose, registrations.ToArray(), default).AsTask()));
        Assert.Equal([(byte)ForwardAnswer.Taken], answer.ToArray());
        cluster.World.Run(TimeSpan.FromSeconds(1));
        foreach (var node in new[] { follower, leader })
        {
            Assert.StartsWith("Timeout: The session was forgotten", cluster.Outcome(cluster.Propose(node, $"unknown {node.Name}")));
            Assert.Equal($"after {node.Name}=1", cluster.Outcome(cluster.Propose(node, $"after {node.Name}")));
        }

        cluster.Settle();
        Assert.All(cluster.Live, node => Assert.All(node.Tally.Counts.Values, count => Assert.Equal(1, count)));
        Assert.All(cluster.Live, node => Assert.Equal(cluster.Nodes["n1"].Tally.Order, node.Tally.Order));
    }

    [Fact]
    public void A_call_is_served_no_longer_than_its_caller_waits()
    {
        using var cluster = new SimulatedCluster(5, tune: o => o with { RequestTimeout = TimeSpan.FromSeconds(2) });
        cluster.WaitForLeader();
        var (a, b) = (cluster.Nodes["n1"], cluster.Nodes["n2"]);
        var givenUp = TimeSpan.Zero;
        b.Group.Handle(7, async (_, token) =>
        {
            var wait = new TaskCompletionSource<byte[]>();
            try
            {
                return await wait.Task.WaitAsync(token);
            }
            finally
            {
                givenUp = cluster.World.Now;
            }
        });
        var begun = cluster.World.Now;
        var call = a.Strand.InvokeAsync(() => a.Group.CallAsync(b.Id, 7, Encoding.UTF8.GetBytes("x"), default).AsTask());
        Assert.StartsWith("Timeout: ", cluster.Outcome(call));
        cluster.RunUntil(() => givenUp > TimeSpan.Zero, what: "given up");
        Assert.InRange(givenUp - begun, TimeSpan.FromSeconds(1.9), TimeSpan.FromSeconds(2.3));
    }

    private static TallyMachine[] AddEverywhere(SimulatedCluster cluster)
    {
        var tallies = new List<TallyMachine>();
        foreach (var node in cluster.Live.ToArray())
        {
            tallies.Add(new TallyMachine());
            Assert.Equal("done", cluster.OutcomeOf(node.Host!.AddGroupAsync(new GroupSetup(9, tallies[^1]), default)));
        }

        return [.. tallies];
    }
}
