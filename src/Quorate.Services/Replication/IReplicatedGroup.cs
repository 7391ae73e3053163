using Quorate.Kernel.Identity;
using Quorate.Services.Replication.Members;

namespace Quorate.Services.Replication;

/// <summary>
/// One group of replicas as its services see it: a log of commands that every replica applies in the same order. All calls come on the
/// host's strand.
/// </summary>
public interface IReplicatedGroup
{
    /// <summary>This replica.</summary>
    NodeId Self { get; }

    /// <summary>The members of the group as this replica knows them, with names and addresses.</summary>
    IReadOnlyList<GroupMember> Members { get; }

    /// <summary>Changes who belongs to the group, one member at a time.</summary>
    IGroupMembership Membership { get; }

    /// <summary>The leader as this replica knows it, or none.</summary>
    NodeId Leader { get; }

    /// <summary>Whether this replica leads, as far as it knows.</summary>
    bool IsLeader { get; }

    /// <summary>The current term.</summary>
    long Term { get; }

    /// <summary>The index of the last command that this replica's state machine applied.</summary>
    long AppliedIndex { get; }

    /// <summary>The index of the last entry that this replica knows to be committed.</summary>
    long CommitIndex { get; }

    /// <summary>How many commands of this replica's services are under way.</summary>
    int Pending { get; }

    /// <summary>How often this replica saw another leader than before.</summary>
    long LeaderChanges { get; }

    /// <summary>
    /// Raised on the strand when this replica begins to lead (after its first entry of the term was applied) or stops leading.
    /// </summary>
    event Action<bool>? LeadershipChanged;

    /// <summary>
    /// Has a command applied exactly once, whichever replica leads and however often messages are lost; followers forward to the leader.
    /// </summary>
    /// <param name="command">The command; not changed until the call is done.</param>
    /// <param name="cancellationToken">Gives up waiting; the command may still be applied.</param>
    /// <returns>The state machine's reply.</returns>
    /// <exception cref="ReplicationException">With the kind that says whether the command may still be applied.</exception>
    ValueTask<byte[]> ProposeAsync(ReadOnlyMemory<byte> command, CancellationToken cancellationToken);

    /// <summary>
    /// Returns once this replica's state is at least as new as every command that was acknowledged anywhere before the call.
    /// </summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ReplicationException">No leader confirmed it in time.</exception>
    ValueTask ReadBarrierAsync(CancellationToken cancellationToken);

    /// <summary>Hands leadership to another voter. Any replica may be asked; it asks the leader.</summary>
    /// <param name="to">The voter that shall lead.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ReplicationException">It was refused or did not come about in time.</exception>
    ValueTask TransferLeadershipAsync(NodeId to, CancellationToken cancellationToken);

    /// <summary>
    /// Calls a method that the service registered with <see cref="Handle"/> on another replica of the group (or this one).
    /// </summary>
    /// <param name="node">Which replica.</param>
    /// <param name="method">Which method.</param>
    /// <param name="request">The request's bytes.</param>
    /// <param name="cancellationToken">Gives up waiting; the method may still run.</param>
    /// <exception cref="ReplicationException">The node could not be reached, or the handler threw.</exception>
    ValueTask<byte[]> CallAsync(NodeId node, byte method, ReadOnlyMemory<byte> request, CancellationToken cancellationToken);

    /// <summary>Registers what answers <see cref="CallAsync"/> on this replica.</summary>
    /// <param name="method">Which method.</param>
    /// <param name="handler">Runs on the strand.</param>
    void Handle(byte method, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<byte[]>> handler);
}
