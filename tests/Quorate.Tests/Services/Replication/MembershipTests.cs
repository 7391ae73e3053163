using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;
using Quorate.Protocols.Raft;
using Quorate.Services.Replication;
using Quorate.Services.Replication.Members;
using Quorate.Services.Replication.Sessions;

namespace Quorate.Tests.Services.Replication;

public sealed class MembershipTests
{
    private static readonly PeerMember Newcomer = new("n4", new NetworkAddress("n4", 7000), "n4:2379");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_learner_is_added_and_promoted_and_the_leader_removed_while_nodes_crash(ulong seed)
    {
        using var cluster = new SimulatedCluster(seed, tune: o => o with { SnapshotEntries = 25 });
        cluster.WaitForLeader();
        var founders = cluster.Nodes.Values.Select(node => node.Id).ToArray();
        Load(cluster, "a", cluster.Nodes["n1"]);
        var added = cluster.AddNode("n4", [.. cluster.Members, Newcomer], []);
        cluster.RunUntil(() => added.IsReady);
        Change(cluster, new Configuration(founders, null, [added.Id]), [Newcomer], crash: cluster.Leader);
        cluster.RunUntil(() => added.IsReady && added.Tally.Order.Count >= 30, what: "the learner caught up");
        Assert.Contains(added.Group.Members, member => member is { Name: "n4", IsLearner: true });
        Assert.Equal("learner=1", cluster.Outcome(cluster.Propose(added, "learner")));
        Change(cluster, new Configuration([.. founders, added.Id]), [], crash: added);
        cluster.RunUntil(() => added.IsReady);
        cluster.RunUntil(() => added.Group.Members.Any(member => member is { Name: "n4", IsLearner: false }), what: "promoted");
        Load(cluster, "b", added);
        var removed = cluster.Leader;
        var staying = cluster.Nodes.Values.Where(node => node != removed).ToArray();
        Change(cluster, new Configuration(staying.Select(node => node.Id)), [], crash: null);
        cluster.RunUntil(() => staying.Any(node => node.IsReady && node.LeadsAnnounced), what: "a leader among those who stay");
        Load(cluster, "c", staying[0]);
        cluster.RunUntil(() => staying.All(node => node.Tally.Order.Count == staying[0].Tally.Order.Count), what: "settled");
        Assert.All(staying, node => Assert.Equal(staying[0].Tally.Order, node.Tally.Order));
        Assert.All(staying[0].Tally.Counts.Values, count => Assert.Equal(1, count));
        Assert.Equal(91, staying[0].Tally.Order.Count);
        Assert.False(removed.Group.IsLeader);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_member_is_added_joins_gets_its_vote_and_one_that_died_is_removed(ulong seed)
    {
        using var cluster = new SimulatedCluster(seed, tune: o => o with { SnapshotEntries = 25 });
        cluster.WaitForLeader();
        Load(cluster, "a", cluster.Nodes["n1"]);
        var id = new NodeId(4711);
        var added = new GroupMember(id, "", "n4:7000", "", true) { PromoteWhenReady = true };
        Assert.Equal(MembershipAnswer.Done, Step(cluster, cluster.Nodes["n2"], m => m.AddAsync(added, default)));
        var joining = cluster.AddNode("n4", [Newcomer with { Id = id }, .. cluster.Members], []);
        cluster.RunUntil(
            () => cluster.Leader.Group.Members.Any(member => member is { Name: "n4", IsLearner: false }), what: "promoted and named");
        var dead = cluster.Live.First(node => node != joining && !node.Group.IsLeader);
        dead.Machine.Crash();
        // While a new leader is found, steps fail.
        for (var tries = 0; Step(cluster, joining, m => m.RemoveAsync(dead.Id, default)) != MembershipAnswer.Done; tries++)
        {
            Assert.True(tries < 60, "not removed");
            cluster.World.Run(TimeSpan.FromSeconds(1));
        }

        Load(cluster, "b", joining);
        Assert.DoesNotContain(joining.Group.Members, member => member.Id == dead.Id);
        Assert.Equal(3, joining.Group.Members.Count);
        Assert.Equal(60, joining.Tally.Order.Count);
    }

    [Fact]
    public void Steps_that_come_at_once_are_taken_one_after_the_other()
    {
        using var cluster = new SimulatedCluster(5);
        cluster.WaitForLeader();
        var leader = cluster.Leader;
        var steps = Enumerable.Range(1, 4).Select(i => cluster.Nodes[$"n{1 + (i % 3)}"].Strand.InvokeAsync(
            () => cluster.Nodes[$"n{1 + (i % 3)}"].Group.Membership
                .AddAsync(new GroupMember(new NodeId((ulong)(100 + i)), "", $"h{i}:1", "", true), default).AsTask())).ToArray();
        cluster.RunUntil(() => steps.All(step => step.IsCompleted), what: "answered");
        Assert.All(steps, step => Assert.Equal(MembershipAnswer.Done, step.Result));
        Assert.Equal(7, leader.Group.Members.Count);
        Assert.Equal(4, leader.Group.Members.Count(member => member.IsLearner));
    }

    [Fact]
    public void The_directory_tells_who_the_members_are()
    {
        using var cluster = new SimulatedCluster(6);
        cluster.WaitForLeader();
        var asking = cluster.Nodes["n1"];
        var asked = asking.Strand.InvokeAsync(
            () => ClusterDiscovery.AskAsync(asking.Inner, new NetworkAddress("n2", 7000), default).AsTask());
        var directory = cluster.ResultOf(asked);
        Assert.Equal(77UL, directory.ClusterId);
        Assert.Equal(["n1", "n2", "n3"], directory.Members.Select(member => member.Name).Order(StringComparer.Ordinal));
        Assert.All(directory.Members, member => Assert.Equal($"{member.Name}:7000", member.PeerAddress));
        var nobody = asking.Strand.InvokeAsync(
            () => ClusterDiscovery.AskAsync(asking.Inner, new NetworkAddress("n2", 7001), default).AsTask());
        cluster.RunUntil(() => nobody.IsCompleted);
        Assert.IsAssignableFrom<IOException>(nobody.Exception!.InnerException);
    }

    [Fact]
    public void A_node_that_was_removed_is_added_again_after_its_links_were_given_up()
    {
        using var cluster = new SimulatedCluster(10);
        cluster.WaitForLeader();
        var everyone = new Configuration(cluster.Nodes.Values.Select(node => node.Id));
        var gone = cluster.Live.First(node => !node.Group.IsLeader);
        Change(cluster, new Configuration(everyone.Voters.Where(id => id != gone.Id)), [], crash: null);
        Load(cluster, "a", cluster.Leader);
        cluster.World.Run(TimeSpan.FromSeconds(30));
        Assert.Empty(gone.Tally.Order);
        Change(cluster, everyone, [], crash: null);
        cluster.RunUntil(() => gone.Tally.Order.Count == 30, what: "caught up");
        Assert.Equal("again=1", cluster.Outcome(cluster.Propose(gone, "again")));
    }

    [Fact]
    public void A_newcomer_with_a_name_out_of_bounds_is_refused_and_stops_nobody()
    {
        using var cluster = new SimulatedCluster(11);
        cluster.WaitForLeader();
        var leader = cluster.Leader;
        var target = new Configuration(cluster.Nodes.Values.Select(node => node.Id));
        var endless = Newcomer with { ClientAddress = new string('x', 1000) };
        Assert.StartsWith("TooLarge: ", cluster.OutcomeOf(leader.Host!.ChangeMembersAsync(1, target, [endless], default)));
        // One that gets into the log all the same, from a node without this check, changes nothing.
        var record = new ByteWriter();
        MemberTable.Write(record, new GroupMember(new NodeId(5), new string('y', 600), "", "", false));
        var payloads = new ByteWriter();
        payloads.WriteVarUInt(2);
        payloads.WriteBytes(PayloadCodec.Register(77));
        payloads.WriteBytes(PayloadCodec.Encode(PayloadKind.Member, new SessionCommand(77, 1, 1, record.ToArray())));
        var group = (ReplicaGroup)leader.Group;
        cluster.ResultOf(leader.Strand.InvokeAsync(
            () => group.ServeAsync((byte)HostService.Propose, payloads.ToArray(), default).AsTask()));
        Assert.Equal("a=1", cluster.Outcome(cluster.Propose(leader, "a")));
        cluster.Settle();
        Assert.Equal(3, cluster.Live.Count());
    }

    [Fact]
    public void A_change_that_cannot_come_about_ends_in_time()
    {
        using var cluster = new SimulatedCluster(12, 1);
        cluster.WaitForLeader();
        var only = cluster.Leader;
        var change = only.Host!.ChangeMembersAsync(1, new Configuration([only.Id, NodeId.FromName("n4")]), [Newcomer], default);
        Assert.Matches("^(Timeout|NoLeader): ", cluster.OutcomeOf(change, 20));
    }

    private static void Load(SimulatedCluster cluster, string prefix, SimulatedCluster.Node node)
    {
        for (var i = 0; i < 30; i++)
            Assert.Equal($"{prefix}{i}=1", cluster.Outcome(cluster.Propose(node, $"{prefix}{i}")));
    }

    /// <summary>Asks for a change until it is in force; a node crashes and comes back while it is under way.</summary>
    private static MembershipAnswer Step(
        SimulatedCluster cluster, SimulatedCluster.Node at, Func<IGroupMembership, ValueTask<MembershipAnswer>> step)
    {
        var taken = at.Strand.InvokeAsync(() => step(at.Group.Membership).AsTask());
        cluster.RunUntil(() => taken.IsCompleted, what: "answered");
        return taken.IsCompletedSuccessfully ? taken.Result : MembershipAnswer.ChangeUnderWay;
    }

    private static void Change(
        SimulatedCluster cluster, Configuration target, IReadOnlyList<PeerMember> newcomers, SimulatedCluster.Node? crash)
    {
        for (var tries = 0; tries < 20; tries++)
        {
            cluster.RunUntil(() => cluster.Live.Any(node => node != crash && !node.Group.Leader.IsNone), what: "a leader known");
            var asked = cluster.Live.First(node => node != crash && target.IsMember(node.Id) && !node.Group.Leader.IsNone);
            var change = asked.Host!.ChangeMembersAsync(1, target, newcomers, default);
            if (tries == 0 && crash is not null)
            {
                cluster.World.Run(TimeSpan.FromMilliseconds(2));
                crash.Machine.Restart();
            }

            if (cluster.OutcomeOf(change) == "done")
                return;
            cluster.World.Run(TimeSpan.FromMilliseconds(500));
        }

        Assert.Fail($"the change to {target} did not come about (seed {cluster.World.Seed})");
    }
}
