using Quorate.Kernel.Identity;
using Quorate.Protocols.Raft;
using Quorate.Protocols.Raft.Replication;
using Quorate.Services.Replication;
using Quorate.Services.Replication.Members;

namespace Quorate.Tests.Services.Replication;

public sealed class MembershipPlanTests
{
    private static readonly NodeId[] Ids = [new(1), new(2), new(3), new(4)];
    private static readonly Configuration Three = new(Ids[..3]);
    private readonly HashSet<NodeId> up = [.. Ids];

    [Fact]
    public void Who_is_added_has_no_vote()
    {
        Assert.Equal(MembershipAnswer.Done, Decide(Three, Add(4, "h4:1"), out var target));
        Assert.Equal(new Configuration(Ids[..3], null, [Ids[3]]), target);
    }

    [Theory]
    [InlineData(3, "h9:1", MembershipAnswer.MemberExists)]
    [InlineData(4, "h2:1", MembershipAnswer.AddressExists)]
    public void Nobody_is_added_twice(ulong id, string address, MembershipAnswer expected) =>
        Assert.Equal(expected, Decide(Three, Add(id, address), out _));

    [Fact]
    public void Learners_are_bounded()
    {
        var many = Enumerable.Range(10, MembershipPlan.LearnersMax).Select(id => new NodeId((ulong)id));
        Assert.Equal(MembershipAnswer.TooManyLearners, Decide(new Configuration(Ids[..3], null, many), Add(4, "h4:1"), out _));
    }

    [Theory]
    [InlineData(ReplicationState.Replicate, 9_000, MembershipAnswer.Done)]
    [InlineData(ReplicationState.Replicate, 8_999, MembershipAnswer.NotCaughtUp)]
    [InlineData(ReplicationState.Snapshot, 10_000, MembershipAnswer.NotCaughtUp)]
    [InlineData(ReplicationState.Probe, 10_000, MembershipAnswer.NotCaughtUp)]
    public void A_learner_that_has_caught_up_gets_its_vote(ReplicationState state, long match, MembershipAnswer expected)
    {
        var with = new Configuration(Ids[..3], null, [Ids[3]]);
        var answer = Decide(with, Step(MembershipStepKind.Promote, 4), out var target, new PeerProgress(Ids[3], state, match, match + 1, 0));
        Assert.Equal(expected, answer);
        Assert.Equal(expected == MembershipAnswer.Done ? new Configuration(Ids) : with, target);
    }

    [Fact]
    public void A_learner_that_cannot_be_reached_gets_no_vote()
    {
        up.Remove(Ids[3]);
        var progress = new PeerProgress(Ids[3], ReplicationState.Replicate, 10_000, 10_001, 0);
        var with = new Configuration(Ids[..3], null, [Ids[3]]);
        Assert.Equal(MembershipAnswer.NotCaughtUp, Decide(with, Step(MembershipStepKind.Promote, 4), out _, progress));
    }

    [Fact]
    public void Only_a_learner_is_promoted_and_only_a_member_removed()
    {
        Assert.Equal(MembershipAnswer.NotLearner, Decide(Three, Step(MembershipStepKind.Promote, 3), out _));
        Assert.Equal(MembershipAnswer.NotFound, Decide(Three, Step(MembershipStepKind.Promote, 4), out _));
        Assert.Equal(MembershipAnswer.NotFound, Decide(Three, Step(MembershipStepKind.Remove, 4), out _));
        Assert.Equal(MembershipAnswer.NotFound, Decide(Three, Step(MembershipStepKind.Move, 4), out _));
    }

    [Theory] // Of three voters those that are up; then who is removed.
    [InlineData("1 2 3", 3, MembershipAnswer.Done)]
    [InlineData("1 2", 3, MembershipAnswer.Done)]
    [InlineData("1 2", 2, MembershipAnswer.QuorumAtRisk)]
    public void What_would_leave_too_few_reachable_voters_is_refused(string reachable, ulong removed, MembershipAnswer expected)
    {
        up.IntersectWith(reachable.Split(' ').Select(id => new NodeId(ulong.Parse(id))));
        Assert.Equal(expected, Decide(Three, Step(MembershipStepKind.Remove, removed), out _));
    }

    [Fact]
    public void The_last_voter_stays() =>
        Assert.Equal(MembershipAnswer.QuorumAtRisk, Decide(new Configuration([Ids[0]]), Step(MembershipStepKind.Remove, 1), out _));

    [Fact]
    public void A_learner_is_removed_whoever_is_up()
    {
        up.Clear();
        var with = new Configuration(Ids[..3], null, [Ids[3]]);
        Assert.Equal(MembershipAnswer.Done, Decide(with, Step(MembershipStepKind.Remove, 4), out var target));
        Assert.Equal(Three, target);
    }

    [Fact]
    public void One_change_at_a_time() => Assert.Equal(
        MembershipAnswer.ChangeUnderWay, Decide(new Configuration(Ids, Ids[..3]), Step(MembershipStepKind.Remove, 1), out _));

    [Theory]
    [InlineData("h9:1", MembershipAnswer.Done)]
    [InlineData("h1:1", MembershipAnswer.Done)]
    [InlineData("h2:1", MembershipAnswer.AddressExists)]
    public void A_member_moves_to_where_nobody_is(string address, MembershipAnswer expected)
    {
        var step = new MembershipStep(MembershipStepKind.Move, new GroupMember(Ids[0], "", address, "", false));
        Assert.Equal(expected, Decide(Three, step, out var target));
        Assert.Equal(Three, target);
    }

    private static MembershipStep Add(ulong id, string address) =>
        new(MembershipStepKind.Add, new GroupMember(new NodeId(id), "", address, "", true));

    private static MembershipStep Step(MembershipStepKind kind, ulong id) => MembershipStep.Of(kind, new NodeId(id));

    private MembershipAnswer Decide(Configuration current, MembershipStep step, out Configuration target, PeerProgress? progress = null)
    {
        var members = current.Members.Select(id => new GroupMember(id, $"n{id}", $"h{id}:1", "", false)).ToArray();
        return new MembershipPlan(current, members, up.Contains).Decide(step, progress, 10_000, out target);
    }
}
