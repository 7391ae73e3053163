using Quorate.Kernel.Encoding;
using Quorate.Kernel.Invariants;

namespace Quorate.Protocols.Raft.Durability;

/// <summary>How much of the log is on this server's disk, while writes are in flight and may be overtaken by truncation.</summary>
/// <remarks>
/// Writes are told apart by sequence number, never by index: the notice of a write whose entries were replaced since says nothing of the
/// entries that replaced them.
/// </remarks>
internal sealed class DurablePrefix
{
    private readonly Queue<(long Sequence, long LastIndex)> inflight = new();
    private long hardStateSequence;

    /// <summary>Starts with what recovery found.</summary>
    /// <param name="index">The last durable index.</param>
    public DurablePrefix(long index) => Index = index;

    /// <summary>Every entry up to this index is durable as it now is in the log.</summary>
    public long Index { get; private set; }

    /// <summary>The sequence number of the last write that was asked for.</summary>
    public long Issued { get; private set; }

    /// <summary>The sequence number of the last write that is done.</summary>
    public long Completed { get; private set; }

    /// <summary>Whether the term and vote are durable.</summary>
    public bool HardStateIsDurable => hardStateSequence <= Completed;

    /// <summary>Numbers a write.</summary>
    /// <param name="lastIndex">The index of its last entry; 0 without entries.</param>
    /// <param name="hardState">Whether it holds the term and vote.</param>
    public long Issue(long lastIndex, bool hardState)
    {
        Issued++;
        if (lastIndex > 0)
            inflight.Enqueue((Issued, lastIndex));
        if (hardState)
            hardStateSequence = Issued;
        return Issued;
    }

    /// <summary>Takes the notice that writes are done.</summary>
    /// <param name="sequence">The last of them.</param>
    public void Complete(long sequence)
    {
        Invariant.Holds(sequence <= Issued, "only a write that was asked for can be done");
        Completed = Math.Max(Completed, sequence);
        while (inflight.Count > 0 && inflight.Peek().Sequence <= Completed)
            Index = Math.Max(Index, inflight.Dequeue().LastIndex);
    }

    /// <summary>Takes note that entries are replaced: writes in flight no longer count for them.</summary>
    /// <param name="index">The first index that is replaced.</param>
    public void Truncate(long index)
    {
        Index = Math.Min(Index, index - 1);
        for (var left = inflight.Count; left > 0; left--)
        {
            var write = inflight.Dequeue();
            inflight.Enqueue((write.Sequence, Math.Min(write.LastIndex, index - 1)));
        }
    }

    /// <summary>Takes note that a snapshot covers a prefix.</summary>
    /// <param name="index">The last index that it covers.</param>
    public void Cover(long index) => Index = Math.Max(Index, index);

    /// <summary>Writes the state with sequence numbers relative to the last that is done.</summary>
    public void WriteCanonical(ByteWriter writer)
    {
        writer.WriteVarInt(Index);
        writer.WriteVarInt(Issued - Completed);
        writer.WriteVarInt(Math.Max(hardStateSequence - Completed, 0));
        writer.WriteVarUInt((ulong)inflight.Count);
        foreach (var (sequence, lastIndex) in inflight)
        {
            writer.WriteVarInt(sequence - Completed);
            writer.WriteVarInt(lastIndex);
        }
    }

    /// <summary>Reads what <see cref="WriteCanonical"/> wrote.</summary>
    public static DurablePrefix ReadCanonical(ref ByteReader reader)
    {
        var prefix = new DurablePrefix(reader.ReadVarInt()) { Issued = reader.ReadVarInt(), hardStateSequence = reader.ReadVarInt() };
        for (var left = reader.ReadCount(2); left > 0; left--)
            prefix.inflight.Enqueue((reader.ReadVarInt(), reader.ReadVarInt()));
        return prefix;
    }
}
