namespace Quorate.Services.Coordination.Keys;

/// <summary>One write of the history.</summary>
/// <param name="Main">The revision of its transaction.</param>
/// <param name="Sub">Its place in the transaction.</param>
/// <param name="Node">The key that was written.</param>
internal readonly record struct Change(long Main, int Sub, KeyNode Node);

/// <summary>
/// All writes that are not compacted away, in order: appended at the end, forgotten at the front. A write's place in the list stays
/// the same for ever.
/// </summary>
/// <remarks>Cost: 24 bytes a write, in chunks of 24 KiB; finding a revision is a binary search.</remarks>
internal sealed class History
{
    private const int ChunkSize = 1024;
    private readonly List<Change[]> chunks = [];

    // The place of the first entry of chunks[0]; a multiple of ChunkSize.
    private long origin;

    /// <summary>The place of the oldest write that is kept.</summary>
    public long First { get; private set; }

    /// <summary>The place behind the newest write.</summary>
    public long End { get; private set; }

    /// <summary>A write by its place.</summary>
    /// <param name="place">From <see cref="First"/> to <see cref="End"/>, exclusive.</param>
    public ref readonly Change this[long place] => ref chunks[(int)((place - origin) / ChunkSize)][(int)(place % ChunkSize)];

    /// <summary>Appends a write.</summary>
    /// <param name="change">The write.</param>
    public void Append(in Change change)
    {
        var chunk = (int)((End - origin) / ChunkSize);
        if (chunk == chunks.Count)
            chunks.Add(new Change[ChunkSize]);
        chunks[chunk][(int)(End % ChunkSize)] = change;
        End++;
    }

    /// <summary>The place of the first write at or behind a revision; <see cref="End"/> where there is none.</summary>
    /// <param name="revision">The revision.</param>
    public long PlaceOf(long revision)
    {
        long low = First, high = End;
        while (low < high)
        {
            var middle = low + ((high - low) >> 1);
            if (this[middle].Main < revision)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>Forgets the oldest write.</summary>
    public void DropFirst()
    {
        chunks[(int)((First - origin) / ChunkSize)][(int)(First % ChunkSize)] = default;
        First++;
        if (First % ChunkSize != 0)
            return;
        // Whole chunks are given back in runs, so that moving the list's rest costs next to nothing for each.
        var spare = (int)((First - origin) / ChunkSize);
        chunks[spare - 1] = [];
        if (spare < 16 && spare < chunks.Count)
            return;
        chunks.RemoveRange(0, spare);
        origin = First;
    }
}
