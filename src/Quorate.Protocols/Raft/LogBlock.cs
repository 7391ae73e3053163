using Quorate.Kernel.Invariants;

namespace Quorate.Protocols.Raft;

/// <summary>A run of the log: its entries, or, once their payloads were let go, what the protocol itself needs of them.</summary>
/// <remarks>
/// A slot of the array is written once: truncation and growth go to a new array. So an array that was handed out stays as it was.
/// Cost: 40 bytes an entry beside its payload, 4 once the payloads were let go and all are of one term.
/// </remarks>
/// <param name="first">The index of the first entry.</param>
/// <param name="bytesMax">The bytes of payloads from which on it takes no more.</param>
/// <param name="capacity">For how many entries there is room at first.</param>
internal sealed class LogBlock(long first, long bytesMax, int capacity)
{
    private const int EntriesMax = 256;
    private const int CapacityMin = 8;
    private const int KindBits = 2;

    private Entry[]? entries = new Entry[Math.Max(capacity, CapacityMin)];

    // Of a block that was let go: the length and kind of each entry, and their terms where not all are the same.
    private uint[] shapes = [];
    private long[] terms = [];
    private long term;

    /// <summary>The index of the first entry.</summary>
    public long First { get; private set; } = first;

    /// <summary>How many entries it holds.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes of all payloads, let go or not.</summary>
    public long Bytes { get; private set; }

    /// <summary>The index of the last entry.</summary>
    public long Last => First + Count - 1;

    /// <summary>Whether the next entry begins another block.</summary>
    public bool IsFull => Count == EntriesMax || Bytes >= bytesMax || entries is null;

    /// <summary>The entries from the first on; null once they were let go.</summary>
    public Entry[]? Entries => entries;

    /// <summary>The term of an entry.</summary>
    /// <param name="index">Its index; here.</param>
    public long TermAt(long index)
    {
        var place = (int)(index - First);
        if (entries is not null)
            return entries[place].Term;
        return terms.Length == 0 ? term : terms[place];
    }

    /// <summary>The payload bytes of an entry.</summary>
    /// <param name="index">Its index; here.</param>
    public int BytesAt(long index)
    {
        var place = (int)(index - First);
        return entries is not null ? entries[place].Payload.Length : (int)(shapes[place] >> KindBits);
    }

    /// <summary>What an entry is for.</summary>
    /// <param name="index">Its index; here.</param>
    public EntryKind KindAt(long index)
    {
        var place = (int)(index - First);
        return entries is not null ? entries[place].Kind : (EntryKind)(shapes[place] & ((1 << KindBits) - 1));
    }

    /// <summary>Adds an entry; not to a full block.</summary>
    /// <param name="entry">The entry, next in index.</param>
    public void Append(in Entry entry)
    {
        Invariant.Holds(!IsFull && entry.Index == First + Count, "a block grows by the next entry, up to its bound");
        if (Count == entries!.Length)
            MoveTo(Math.Min(Count * 2, EntriesMax));
        entries[Count++] = entry;
        Bytes += entry.Payload.Length;
    }

    /// <summary>Removes an entry and all that follow it.</summary>
    /// <param name="index">The entry's index; here.</param>
    public void TruncateFrom(long index)
    {
        Invariant.Holds(entries is not null, "what was let go was committed, and is never replaced");
        for (var place = (int)(index - First); place < Count; place++)
            Bytes -= entries[place].Payload.Length;
        Count = (int)(index - First);
        MoveTo(Math.Max(Count, CapacityMin));
    }

    /// <summary>Removes all entries up to one, but not all there are.</summary>
    /// <param name="index">The last index to be removed; here.</param>
    public void DropThrough(long index)
    {
        var dropped = (int)(index + 1 - First);
        for (var place = 0; place < dropped; place++)
            Bytes -= BytesAt(First + place);
        First += dropped;
        Count -= dropped;
        if (entries is null)
        {
            shapes = shapes[dropped..];
            terms = terms.Length == 0 ? terms : terms[dropped..];
            return;
        }

        var kept = new Entry[Math.Max(Count, CapacityMin)];
        Array.Copy(entries, dropped, kept, 0, Count);
        entries = kept;
    }

    /// <summary>Lets the payloads go.</summary>
    public void Release()
    {
        if (entries is null)
            return;
        shapes = new uint[Count];
        for (var place = 0; place < Count; place++)
            shapes[place] = ((uint)entries[place].Payload.Length << KindBits) | (uint)entries[place].Kind;
        term = entries[0].Term;
        if (entries[Count - 1].Term != term)
            terms = entries.Take(Count).Select(entry => entry.Term).ToArray();
        entries = null;
    }

    private void MoveTo(int capacity)
    {
        var moved = new Entry[capacity];
        Array.Copy(entries!, moved, Count);
        entries = moved;
    }
}
