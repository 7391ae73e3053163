using Quorate.Kernel.Identity;
using Quorate.Protocols.Raft;
using Quorate.Protocols.Raft.Replication;

namespace Quorate.Services.Replication.Members;

/// <summary>Decides at the leader what a step of membership makes of the configuration in force, or why it is not taken.</summary>
/// <param name="current">The configuration in force.</param>
/// <param name="members">The members as they are known.</param>
/// <param name="isUp">Whether a member can be reached now; the leader itself can.</param>
internal sealed class MembershipPlan(Configuration current, IReadOnlyList<GroupMember> members, Func<NodeId, bool> isUp)
{
    /// <summary>The most members without a vote. etcd 3.4 allows one; those that wait for their vote count here too.</summary>
    public const int LearnersMax = 7;

    /// <summary>How many entries a learner may be behind what is committed when it gets its vote: less than the leader sends it at
    /// once.</summary>
    public const long LagEntriesMax = 1000;

    /// <summary>The configuration that a step leads to; the one in force where only addresses change.</summary>
    /// <param name="step">The step.</param>
    /// <param name="progress">What the leader knows of a member, or null.</param>
    /// <param name="commitIndex">Up to where entries are committed.</param>
    /// <param name="target">The configuration, where the answer is <see cref="MembershipAnswer.Done"/>.</param>
    public MembershipAnswer Decide(MembershipStep step, PeerProgress? progress, long commitIndex, out Configuration target)
    {
        target = current;
        if (current.IsJoint)
            return MembershipAnswer.ChangeUnderWay;
        var id = step.Member.Id;
        if (step.Kind == MembershipStepKind.Add)
            return Add(step.Member, out target);
        if (!current.IsMember(id))
            return MembershipAnswer.NotFound;
        return step.Kind switch
        {
            MembershipStepKind.Promote => Promote(id, progress, commitIndex, out target),
            MembershipStepKind.Remove => Remove(id, out target),
            MembershipStepKind.Readmit => Readmit(id, out target),
            _ => AddressIsTaken(step.Member) ? MembershipAnswer.AddressExists : MembershipAnswer.Done,
        };
    }

    private MembershipAnswer Add(GroupMember member, out Configuration target)
    {
        target = current;
        if (current.IsMember(member.Id))
            return MembershipAnswer.MemberExists;
        if (AddressIsTaken(member))
            return MembershipAnswer.AddressExists;
        if (current.Learners.Count >= LearnersMax)
            return MembershipAnswer.TooManyLearners;
        target = new Configuration(current.Voters, learners: [.. current.Learners, member.Id]);
        return MembershipAnswer.Done;
    }

    private MembershipAnswer Promote(NodeId id, PeerProgress? progress, long commitIndex, out Configuration target)
    {
        target = current;
        if (!current.Learners.Contains(id))
            return MembershipAnswer.NotLearner;
        if (progress is not { State: ReplicationState.Replicate } || progress.Match + LagEntriesMax < commitIndex || !isUp(id))
            return MembershipAnswer.NotCaughtUp;
        target = new Configuration([.. current.Voters, id], learners: current.Learners.Where(learner => learner != id));
        return Safe(target);
    }

    private MembershipAnswer Remove(NodeId id, out Configuration target)
    {
        target = new Configuration(
            current.Voters.Where(voter => voter != id), learners: current.Learners.Where(learner => learner != id));
        return current.Learners.Contains(id) ? MembershipAnswer.Done : Safe(target);
    }

    /// <summary>Who has no vote stays as it is: what it may have said before it lost its data binds nobody.</summary>
    private MembershipAnswer Readmit(NodeId id, out Configuration target)
    {
        target = current;
        if (current.Learners.Contains(id))
            return MembershipAnswer.Done;
        // It stands still until this is done: the others alone must be a majority of the voters as they are.
        if (2 * current.Voters.Count(voter => voter != id && isUp(voter)) <= current.Voters.Count)
            return MembershipAnswer.QuorumAtRisk;
        target = new Configuration(current.Voters.Where(voter => voter != id), learners: [.. current.Learners, id]);
        return MembershipAnswer.Done;
    }

    private MembershipAnswer Safe(Configuration target) =>
        2 * target.Voters.Count(isUp) > target.Voters.Count ? MembershipAnswer.Done : MembershipAnswer.QuorumAtRisk;

    private bool AddressIsTaken(GroupMember by) => members.Any(member => member.PeerAddress == by.PeerAddress && member.Id != by.Id);
}
