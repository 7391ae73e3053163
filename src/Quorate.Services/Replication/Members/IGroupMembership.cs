using Quorate.Kernel.Identity;

namespace Quorate.Services.Replication.Members;

/// <summary>Changes who belongs to a group, one member at a time. All calls come on the host's strand.</summary>
/// <remarks>
/// Guarantee: each step is decided where the group is led, from the members as they are there; none is taken that would leave the group
/// without a majority of reachable voters; what was answered with <see cref="MembershipAnswer.Done"/> is on the disks of a majority of the
/// old and of the new voters. A member that is to vote begins as a learner and is promoted once it has caught up, so that adding one never
/// costs the group its majority.
/// Cost: adding and removing a voter are two entries of the log each, the other steps one or two.
/// Fails when: no leader is known or it does not answer in time (<see cref="ReplicationException"/>): then the step may still come about.
/// Source: Ongaro's thesis, sections 4.2.1 (learners), 4.3 (joint consensus).
/// </remarks>
public interface IGroupMembership
{
    /// <summary>Adds a member that has no vote yet.</summary>
    /// <param name="member">An id that no member ever had, and where the others reach it; the name is empty until the node starts.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<MembershipAnswer> AddAsync(GroupMember member, CancellationToken cancellationToken);

    /// <summary>Gives a learner that has caught up its vote.</summary>
    /// <param name="member">Which.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<MembershipAnswer> PromoteAsync(NodeId member, CancellationToken cancellationToken);

    /// <summary>Removes a member, dead or alive. Its id must not come back: what it has voted is forgotten with it.</summary>
    /// <param name="member">Which.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<MembershipAnswer> RemoveAsync(NodeId member, CancellationToken cancellationToken);

    /// <summary>Tells everybody that a member is reached elsewhere.</summary>
    /// <param name="member">Which.</param>
    /// <param name="peerAddress">Where, as host:port.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<MembershipAnswer> MoveAsync(NodeId member, string peerAddress, CancellationToken cancellationToken);
}
