using Quorate.Kernel.Invariants;

namespace Quorate.Protocols.Raft;

/// <summary>The log since the last snapshot, in memory.</summary>
/// <remarks>
/// A slot of the array is written once: truncation and growth move to a new array. So slices that were handed out stay as they were,
/// and need no copy.
/// </remarks>
internal sealed class RaftLog
{
    /// <summary>What <see cref="TermAt"/> says of an index that is not in the log.</summary>
    public const long Unknown = -1;
    private const int CapacityMin = 16;

    private Entry[] slots = new Entry[CapacityMin];
    private int start;
    private int count;

    /// <summary>An empty log behind a snapshot.</summary>
    /// <param name="snapshotIndex">The last index that the snapshot covers.</param>
    /// <param name="snapshotTerm">Its term.</param>
    public RaftLog(long snapshotIndex, long snapshotTerm)
    {
        SnapshotIndex = snapshotIndex;
        SnapshotTerm = snapshotTerm;
    }

    /// <summary>The last index that the snapshot covers.</summary>
    public long SnapshotIndex { get; private set; }

    /// <summary>The term of the entry at <see cref="SnapshotIndex"/>.</summary>
    public long SnapshotTerm { get; private set; }

    /// <summary>The first index in the log, if there is any.</summary>
    public long FirstIndex => SnapshotIndex + 1;

    /// <summary>The last index.</summary>
    public long LastIndex => SnapshotIndex + count;

    /// <summary>The term of the last entry.</summary>
    public long LastTerm => count == 0 ? SnapshotTerm : slots[start + count - 1].Term;

    /// <summary>An entry of the log.</summary>
    /// <param name="index">Its index.</param>
    public ref readonly Entry At(long index)
    {
        if (index < FirstIndex || index > LastIndex)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"The log holds {FirstIndex} to {LastIndex}.");
        return ref slots[start + (int)(index - FirstIndex)];
    }

    /// <summary>The term at an index, the snapshot's last included; else <see cref="Unknown"/>.</summary>
    /// <param name="index">The index.</param>
    public long TermAt(long index)
    {
        if (index == SnapshotIndex)
            return SnapshotTerm;
        return index < FirstIndex || index > LastIndex ? Unknown : slots[start + (int)(index - FirstIndex)].Term;
    }

    /// <summary>Adds an entry.</summary>
    /// <param name="entry">The entry, next in index.</param>
    public void Append(in Entry entry)
    {
        Invariant.Holds(entry.Index == LastIndex + 1, "the log has no gap");
        Invariant.Holds(entry.Term >= LastTerm, "terms never fall along the log");
        if (start + count == slots.Length)
            MoveTo(Math.Max(count * 2, CapacityMin));
        slots[start + count++] = entry;
    }

    /// <summary>Removes an entry and all that follow it.</summary>
    /// <param name="index">The entry's index.</param>
    public void TruncateFrom(long index)
    {
        count = (int)(index - FirstIndex);
        MoveTo(Math.Max(count + (count / 2), CapacityMin));
    }

    /// <summary>Drops the entries that a snapshot covers.</summary>
    /// <param name="index">The last index that it covers, in the log.</param>
    public void CompactTo(long index)
    {
        SnapshotTerm = TermAt(index);
        var dropped = (int)(index - SnapshotIndex);
        SnapshotIndex = index;
        start += dropped;
        count -= dropped;
        if (start > count)
            MoveTo(Math.Max(count + (count / 2), CapacityMin));
    }

    /// <summary>Drops everything for a snapshot.</summary>
    /// <param name="index">The last index that it covers.</param>
    /// <param name="term">Its term.</param>
    public void Reset(long index, long term)
    {
        SnapshotIndex = index;
        SnapshotTerm = term;
        count = 0;
        MoveTo(CapacityMin);
    }

    /// <summary>A run of entries; it never changes.</summary>
    /// <param name="from">The first index.</param>
    /// <param name="length">How many.</param>
    public IReadOnlyList<Entry> Slice(long from, int length) =>
        length == 0 ? [] : new ArraySegment<Entry>(slots, start + (int)(from - FirstIndex), length);

    /// <summary>How many entries from an index on fit into one message, and their payload bytes; at least one, where there is
    /// one.</summary>
    /// <param name="from">The first index.</param>
    /// <param name="entriesMax">The most entries.</param>
    /// <param name="bytesMax">The most payload bytes.</param>
    public (int Count, long Bytes) Fit(long from, int entriesMax, long bytesMax)
    {
        var first = start + (int)(from - FirstIndex);
        var most = Math.Min(entriesMax, start + count - first);
        var bytes = 0L;
        for (var i = 0; i < most; i++)
        {
            var next = bytes + slots[first + i].Payload.Length;
            if (next > bytesMax && i > 0)
                return (i, bytes);
            bytes = next;
        }

        return (most, bytes);
    }

    private void MoveTo(int capacity)
    {
        var moved = new Entry[capacity];
        Array.Copy(slots, start, moved, 0, count);
        slots = moved;
        start = 0;
    }
}
