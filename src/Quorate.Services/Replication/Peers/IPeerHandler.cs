using Quorate.Kernel.Identity;
using Quorate.Services.Replication.Members;

namespace Quorate.Services.Replication.Peers;

/// <summary>Takes what arrives from other nodes. All calls come on the strand.</summary>
internal interface IPeerHandler
{
    /// <summary>Who belongs to the cluster, as this node knows it.</summary>
    IReadOnlyList<GroupMember> Members { get; }

    /// <summary>A Raft message arrived.</summary>
    /// <param name="from">Who sent it.</param>
    /// <param name="group">The group.</param>
    /// <param name="message">The message's bytes; the memory belongs to the receiver.</param>
    /// <exception cref="Quorate.Kernel.Encoding.MalformedInputException">Not a message; the connection is then ended.</exception>
    void RaftArrived(NodeId from, ulong group, ReadOnlyMemory<byte> message);

    /// <summary>The way to a peer broke or came back: what was sent may be lost.</summary>
    /// <param name="peer">Which peer.</param>
    void LinkChanged(NodeId peer);

    /// <summary>The process of a peer is gone: no connection is left, either way, and a new one was refused.</summary>
    /// <param name="peer">Which peer.</param>
    void PeerGone(NodeId peer);

    /// <summary>Serves a call.</summary>
    /// <param name="from">Who calls.</param>
    /// <param name="group">The group.</param>
    /// <param name="service">Which service of the host.</param>
    /// <param name="request">The request; the memory belongs to the receiver.</param>
    /// <param name="cancellationToken">The caller gave up, or the link broke.</param>
    ValueTask<ReadOnlyMemory<byte>> ServeAsync(
        NodeId from, ulong group, byte service, ReadOnlyMemory<byte> request, CancellationToken cancellationToken);

    /// <summary>Has a member whose data is damaged taken for one that has nothing yet.</summary>
    /// <param name="ask">Which member, of which group.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<Readmission> ReadmitAsync(ReadmissionAsk ask, CancellationToken cancellationToken);

    /// <summary>Has a node added that is no member yet.</summary>
    /// <param name="application">Which node, to which group.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<MembershipAnswer> TakeApplicationAsync(Application application, CancellationToken cancellationToken);
}
