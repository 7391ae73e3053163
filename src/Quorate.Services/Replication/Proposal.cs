namespace Quorate.Services.Replication;

/// <summary>
/// A command of this node that is under way. Its continuation runs where it is completed: on the strand, after a slice of applying.
/// </summary>
internal sealed class Proposal(ReadOnlyMemory<byte> command, bool isMember, TimeSpan deadline) : TaskCompletionSource<byte[]>
{
    public ReadOnlyMemory<byte> Command { get; } = command;

    /// <summary>Whether it is a member's entry instead of a command of the service.</summary>
    public bool IsMember { get; } = isMember;

    public TimeSpan Deadline { get; } = deadline;

    /// <summary>Its number in the session; 0 while it waits for a place.</summary>
    public long Sequence { get; set; }

    /// <summary>The entry's payload, made once: a retry is the same entry.</summary>
    public byte[] Payload { get; set; } = [];

    /// <summary>How many entries of it may be in some log. Only when there is none, a failure is sure to have no effect.</summary>
    public int Attempts { get; set; }

    /// <summary>Whether it waits in the queue of what is to be handed to a leader.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Why it was last refused.</summary>
    public ReplicationError Refusal { get; set; } = ReplicationError.NoLeader;

    public byte[]? Reply { get; set; }

    public CancellationTokenRegistration Registration { get; set; }
}
