namespace Quorate.Protocols.Raft;

/// <summary>What an entry of the log is for.</summary>
public enum EntryKind : byte
{
    /// <summary>A command of the state machine.</summary>
    Command = 0,

    /// <summary>Nothing: what a leader writes at the start of its term, so that entries of earlier terms can commit. Thesis, section
    /// 6.4.</summary>
    Noop = 1,

    /// <summary>A configuration of the group, in its canonical bytes. It counts from the moment that it is in the log.</summary>
    Configuration = 2,
}

/// <summary>One entry of the log.</summary>
/// <param name="Term">The term of the leader that wrote it.</param>
/// <param name="Index">Its place in the log, from 1.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Payload">The command or configuration; never changed after it is made.</param>
public readonly record struct Entry(long Term, long Index, EntryKind Kind, ReadOnlyMemory<byte> Payload);
