using Quorate.Kernel.Identity;

namespace Quorate.Protocols.Raft.Replication;

/// <summary>What a leader knows of one member, itself included; for status.</summary>
/// <param name="Peer">The member.</param>
/// <param name="State">How it is replicated to.</param>
/// <param name="Match">matchIndex of figure 2: the last index known to be durable there and equal to the leader's.</param>
/// <param name="Next">nextIndex of figure 2: the index of the next entry to send.</param>
/// <param name="SnapshotIndex">The last index of the snapshot that it is being sent, or 0: that snapshot must be kept.</param>
public sealed record PeerProgress(NodeId Peer, ReplicationState State, long Match, long Next, long SnapshotIndex);
