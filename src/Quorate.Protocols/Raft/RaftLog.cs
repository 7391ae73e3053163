using Quorate.Kernel.Invariants;

namespace Quorate.Protocols.Raft;

/// <summary>The log since the last snapshot, in memory: all terms, and the payloads of its end.</summary>
/// <remarks>
/// Payloads that are durable and applied can be let go: who needs them again reads them back from the disk. A run of entries that was
/// handed out stays as it was, and needs no copy.
/// </remarks>
internal sealed class RaftLog
{
    /// <summary>What <see cref="TermAt"/> says of an index that is not in the log.</summary>
    public const long Unknown = -1;

    // Letting go goes on in steps of a block: small ones, also where payloads are large.
    private const long BlockBytesMax = 256 << 10;
    private const int BlocksMin = 32;

    // In order of index, without a gap, none empty; those whose payloads were let go come first.
    private readonly List<LogBlock> blocks = [];
    private int released;
    private int found;
    private long bytesInMemory;
    private readonly long bytesMax;
    private readonly long blockBytes;

    /// <summary>An empty log behind a snapshot.</summary>
    /// <param name="snapshotIndex">The last index that the snapshot covers.</param>
    /// <param name="snapshotTerm">Its term.</param>
    /// <param name="bytesMax">The bound for the payloads that <see cref="Release"/> leaves in memory, in bytes.</param>
    public RaftLog(long snapshotIndex, long snapshotTerm, long bytesMax = long.MaxValue)
    {
        this.bytesMax = bytesMax;
        blockBytes = Math.Min(bytesMax / BlocksMin, BlockBytesMax);
        SnapshotIndex = snapshotIndex;
        SnapshotTerm = snapshotTerm;
        LastTerm = snapshotTerm;
        LastIndex = snapshotIndex;
    }

    /// <summary>The last index that the snapshot covers.</summary>
    public long SnapshotIndex { get; private set; }

    /// <summary>The term of the entry at <see cref="SnapshotIndex"/>.</summary>
    public long SnapshotTerm { get; private set; }

    /// <summary>The first index in the log, if there is any.</summary>
    public long FirstIndex => SnapshotIndex + 1;

    /// <summary>The first index from which on all payloads are in memory.</summary>
    public long FirstInMemory => released < blocks.Count ? blocks[released].First : LastIndex + 1;

    /// <summary>The last index.</summary>
    public long LastIndex { get; private set; }

    /// <summary>The term of the last entry.</summary>
    public long LastTerm { get; private set; }

    /// <summary>An entry of the log.</summary>
    /// <param name="index">Its index.</param>
    /// <exception cref="InvalidOperationException">Its payload was let go.</exception>
    public ref readonly Entry At(long index)
    {
        if (index < FirstIndex || index > LastIndex)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"The log holds {FirstIndex} to {LastIndex}.");
        var block = blocks[BlockOf(index)];
        if (block.Entries is not { } entries)
            throw new InvalidOperationException($"The payload of entry {index} was let go.");
        return ref entries[(int)(index - block.First)];
    }

    /// <summary>The term at an index, the snapshot's last included; else <see cref="Unknown"/>.</summary>
    /// <param name="index">The index.</param>
    public long TermAt(long index)
    {
        if (index == SnapshotIndex)
            return SnapshotTerm;
        return index < FirstIndex || index > LastIndex ? Unknown : blocks[BlockOf(index)].TermAt(index);
    }

    /// <summary>Adds an entry.</summary>
    /// <param name="entry">The entry, next in index.</param>
    public void Append(in Entry entry)
    {
        Invariant.Holds(entry.Index == LastIndex + 1, "the log has no gap");
        Invariant.Holds(entry.Term >= LastTerm, "terms never fall along the log");
        if (blocks.Count == 0 || blocks[^1].IsFull)
            blocks.Add(new LogBlock(entry.Index, blockBytes, blocks.Count == 0 ? 0 : blocks[^1].Count));
        blocks[^1].Append(entry);
        (LastIndex, LastTerm) = (entry.Index, entry.Term);
        bytesInMemory += entry.Payload.Length;
    }

    /// <summary>Removes an entry and all that follow it.</summary>
    /// <param name="index">The entry's index.</param>
    public void TruncateFrom(long index)
    {
        while (blocks.Count > 0 && blocks[^1].First >= index)
        {
            bytesInMemory -= blocks[^1].Bytes;
            blocks.RemoveAt(blocks.Count - 1);
        }

        if (blocks.Count > 0 && blocks[^1].Last >= index)
        {
            var before = blocks[^1].Bytes;
            blocks[^1].TruncateFrom(index);
            bytesInMemory -= before - blocks[^1].Bytes;
        }

        Invariant.Holds(released <= blocks.Count, "what was let go was committed, and is never replaced");
        LastIndex = index - 1;
        LastTerm = TermAt(LastIndex);
    }

    /// <summary>Drops the entries that a snapshot covers.</summary>
    /// <param name="index">The last index that it covers, in the log.</param>
    public void CompactTo(long index)
    {
        SnapshotTerm = TermAt(index);
        SnapshotIndex = index;
        var whole = 0;
        for (; whole < blocks.Count && blocks[whole].Last <= index; whole++)
            bytesInMemory -= whole < released ? 0 : blocks[whole].Bytes;
        blocks.RemoveRange(0, whole);
        released = Math.Max(released - whole, 0);
        if (blocks.Count == 0 || blocks[0].First > index)
            return;
        var before = blocks[0].Bytes;
        blocks[0].DropThrough(index);
        bytesInMemory -= released > 0 ? 0 : before - blocks[0].Bytes;
    }

    /// <summary>Drops everything for a snapshot.</summary>
    /// <param name="index">The last index that it covers.</param>
    /// <param name="term">Its term.</param>
    public void Reset(long index, long term)
    {
        (SnapshotIndex, SnapshotTerm) = (index, term);
        (LastIndex, LastTerm) = (index, term);
        blocks.Clear();
        (released, bytesInMemory) = (0, 0);
    }

    /// <summary>Lets the oldest payloads go, as many as must for the others to keep to the bound.</summary>
    /// <param name="upTo">The last index whose payload may go.</param>
    public void Release(long upTo)
    {
        // The last block, which may still grow, stays.
        while (bytesInMemory > bytesMax && released < blocks.Count - 1 && blocks[released].Last <= upTo)
        {
            bytesInMemory -= blocks[released].Bytes;
            blocks[released++].Release();
        }
    }

    /// <summary>A run of entries; it never changes.</summary>
    /// <param name="from">The first index.</param>
    /// <param name="length">How many.</param>
    public IReadOnlyList<Entry> Slice(long from, int length)
    {
        if (length == 0)
            return [];
        var first = BlockOf(from);
        if (blocks[first].Entries is { } entries && from + length - 1 <= blocks[first].Last)
            return new ArraySegment<Entry>(entries, (int)(from - blocks[first].First), length);
        var count = BlockOf(from + length - 1) + 1 - first;
        return new LogSlice([.. blocks.GetRange(first, count)], from, length);
    }

    /// <summary>How many entries from an index on fit into one message, and their payload bytes; at least one, where there is
    /// one.</summary>
    /// <param name="from">The first index.</param>
    /// <param name="entriesMax">The most entries.</param>
    /// <param name="bytesMax">The most payload bytes.</param>
    public (int Count, long Bytes) Fit(long from, int entriesMax, long bytesMax)
    {
        var most = (int)Math.Min(entriesMax, LastIndex + 1 - from);
        var bytes = 0L;
        var block = BlockOf(from);
        for (var i = 0; i < most; i++)
        {
            if (from + i > blocks[block].Last)
                block++;
            var next = bytes + blocks[block].BytesAt(from + i);
            if (next > bytesMax && i > 0)
                return (i, bytes);
            bytes = next;
        }

        return (most, bytes);
    }

    /// <summary>The place of the block that holds an index of the log: mostly the last one, or the one found before or behind it.</summary>
    private int BlockOf(long index)
    {
        if (blocks[^1].First <= index)
            return blocks.Count - 1;
        for (var near = found; near <= found + 1 && near < blocks.Count; near++)
        {
            if (blocks[near].First <= index && index <= blocks[near].Last)
                return found = near;
        }

        int low = 0, high = blocks.Count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) >> 1;
            if (blocks[middle].First <= index)
                low = middle;
            else
                high = middle - 1;
        }

        return found = low;
    }
}
