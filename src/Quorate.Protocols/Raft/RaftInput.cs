using Quorate.Kernel.Identity;

namespace Quorate.Protocols.Raft;

/// <summary>Something that happens to a server: all that can make it change.</summary>
public abstract record RaftInput;

/// <summary>The server runs: the first input after construction, which sets the first election timer.</summary>
public sealed record Started : RaftInput;

/// <summary>A message arrived.</summary>
public sealed record Received(NodeId From, RaftMessage Message) : RaftInput;

/// <summary>A timer that <see cref="IRaftEffects.SetTimer"/> set ran out.</summary>
public sealed record TimerFired(RaftTimer Timer) : RaftInput;

/// <summary>
/// Clients ask for entries. The reply to <paramref name="RequestId"/> is <see cref="RaftReply.Appended"/> with the index of the first,
/// and the
/// others follow without a gap; or <see cref="RaftReply.NotLeader"/>; or <see cref="RaftReply.Busy"/>.
/// </summary>
public sealed record Propose(ulong RequestId, IReadOnlyList<ReadOnlyMemory<byte>> Payloads) : RaftInput;

/// <summary>
/// A client asks to read. The reply is <see cref="RaftReply.ReadAt"/>, once it is sure that this server led after the question was asked:
/// state that was applied up to that index is linearizable; or <see cref="RaftReply.NotLeader"/>. Thesis, section 6.4.
/// </summary>
public sealed record ReadIndex(ulong RequestId) : RaftInput;

/// <summary>
/// Asks to change the members: through a joint configuration where voters change, and at once to the target where only learners do.
/// Answered when the last configuration of the change is committed (<see cref="RaftReply.ConfigurationChanged"/>), or refused.
/// </summary>
public sealed record ChangeConfiguration(ulong RequestId, Configuration Target) : RaftInput;

/// <summary>Asks the leader to hand over to another voter. Answered when it has given up leading, or refused. Thesis, section
/// 3.10.</summary>
public sealed record TransferLeadership(ulong RequestId, NodeId To) : RaftInput;

/// <summary>What <see cref="IRaftEffects.Persist"/> asked for is durable, up to and with this sequence number.</summary>
public sealed record Persisted(long Sequence) : RaftInput;

/// <summary>The state machine's state as of an index is durable as a snapshot: the log up to it is not needed any more.</summary>
public sealed record SnapshotTaken(long Index) : RaftInput;

/// <summary>
/// The snapshot that <see cref="RaftPersist.Chunk"/> completed is durable and the state machine was restored from it. The answer to the
/// leader waits for this.
/// </summary>
public sealed record SnapshotRestored(long LastIndex, long LastTerm, Configuration Configuration) : RaftInput;

/// <summary>The link to a peer broke or came back: what was sent may be lost, so replication falls back to probing.</summary>
public sealed record PeerReset(NodeId Peer) : RaftInput;

/// <summary>
/// The process of a peer is gone: its connections ended, and its host refuses new ones. Where it led, its followers need not wait out the election
/// timeout. Being wrong costs an election that the others refuse.
/// </summary>
public sealed record PeerGone(NodeId Peer) : RaftInput;

/// <summary>A peer lost what it had on its disk: what it acknowledged before says nothing of what it holds now.</summary>
public sealed record PeerEmptied(NodeId Peer) : RaftInput;
