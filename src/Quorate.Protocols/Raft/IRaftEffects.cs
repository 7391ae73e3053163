using Quorate.Kernel.Identity;

namespace Quorate.Protocols.Raft;

/// <summary>The timers of a server.</summary>
public enum RaftTimer
{
    /// <summary>Runs out when no leader was heard for an election timeout; at a leader, when it must check that a quorum still
    /// answers.</summary>
    Election,

    /// <summary>A leader's next heartbeat.</summary>
    Heartbeat,
}

/// <summary>One part of a snapshot that arrived from the leader.</summary>
/// <param name="LastIndex">The last index that the snapshot covers.</param>
/// <param name="LastTerm">The term of the entry at that index.</param>
/// <param name="Configuration">The configuration as of that index.</param>
/// <param name="Offset">Where the bytes belong.</param>
/// <param name="Data">The bytes.</param>
/// <param name="Done">Whether they are the last.</param>
public sealed record SnapshotChunk(
    long LastIndex, long LastTerm, Configuration Configuration, long Offset, ReadOnlyMemory<byte> Data, bool Done);

/// <summary>What must become durable together and in the order of the sequence numbers.</summary>
/// <param name="Sequence">Grows by one with each; <see cref="Persisted"/> returns it.</param>
/// <param name="HardState">The new term and vote, where they changed.</param>
/// <param name="Entries">
/// Entries to write. Where the first has an index that the log already holds, everything from that index on is replaced.
/// </param>
/// <param name="Chunk">A part of a snapshot to keep, or null.</param>
public sealed record RaftPersist(long Sequence, HardState? HardState, IReadOnlyList<Entry> Entries, SnapshotChunk? Chunk);

/// <summary>Everything that a step of the core can ask of the outside.</summary>
public interface IRaftEffects
{
    /// <summary>Sends a message, once everything up to a sequence number is durable.</summary>
    /// <param name="to">To whom.</param>
    /// <param name="message">What.</param>
    /// <param name="afterPersist">The sequence number to wait for; 0 sends at once.</param>
    void Send(NodeId to, RaftMessage message, long afterPersist);

    /// <summary>Makes something durable, and then steps the core with <see cref="Persisted"/>.</summary>
    /// <param name="request">What.</param>
    void Persist(RaftPersist request);

    /// <summary>Sets a timer anew; it fires once.</summary>
    /// <param name="timer">Which.</param>
    /// <param name="after">How long from now.</param>
    void SetTimer(RaftTimer timer, TimeSpan after);

    /// <summary>Stops a timer.</summary>
    /// <param name="timer">Which.</param>
    void CancelTimer(RaftTimer timer);

    /// <summary>Answers a request of the driver.</summary>
    /// <param name="requestId">Which request.</param>
    /// <param name="reply">The answer.</param>
    void Reply(ulong requestId, RaftReply reply);

    /// <summary>Draws a number: the only source of chance in the core.</summary>
    /// <param name="bound">One more than the largest wanted; at least 1.</param>
    int Choose(int bound);

    /// <summary>Marks a branch that is rarely taken; see <see cref="Quorate.Kernel.Machines.ITelemetry.Sometimes"/>.</summary>
    /// <param name="branch">Which.</param>
    void Sometimes(string branch)
    {
    }
}
