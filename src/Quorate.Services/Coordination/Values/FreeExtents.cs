using Quorate.Kernel.Invariants;

namespace Quorate.Services.Coordination.Values;

/// <summary>Which blocks of a file are free: first fit, neighbours joined. The file grows where nothing fits, and its end is given back by
/// being forgotten.</summary>
internal sealed class FreeExtents
{
    // First block and length; never two that touch, never one that touches the end.
    private readonly SortedList<long, long> free = [];

    /// <summary>The block behind the last one that is taken.</summary>
    public long End { get; private set; }

    /// <summary>How many blocks before the end are free.</summary>
    public long FreeBlocks { get; private set; }

    /// <summary>Takes blocks that lie together.</summary>
    /// <param name="blocks">How many; at least one.</param>
    /// <returns>The first one.</returns>
    public long Take(long blocks)
    {
        for (var i = 0; i < free.Count; i++)
        {
            var (first, length) = (free.GetKeyAtIndex(i), free.GetValueAtIndex(i));
            if (length < blocks)
                continue;
            free.RemoveAt(i);
            if (length > blocks)
                free.Add(first + blocks, length - blocks);
            FreeBlocks -= blocks;
            return first;
        }

        End += blocks;
        return End - blocks;
    }

    /// <summary>Gives blocks back.</summary>
    /// <param name="first">The first one.</param>
    /// <param name="blocks">How many.</param>
    public void Give(long first, long blocks)
    {
        Invariant.Holds(first >= 0 && blocks > 0 && first + blocks <= End, "only blocks that were taken are given back");
        FreeBlocks += blocks;
        if (free.TryGetValue(first + blocks, out var behind))
        {
            free.Remove(first + blocks);
            blocks += behind;
        }

        var before = Before(first);
        if (before >= 0 && free.GetKeyAtIndex(before) + free.GetValueAtIndex(before) is var end && end >= first)
        {
            Invariant.Holds(end == first, "blocks are given back once");
            first = free.GetKeyAtIndex(before);
            blocks += free.GetValueAtIndex(before);
            free.RemoveAt(before);
        }

        if (first + blocks < End)
        {
            free.Add(first, blocks);
            return;
        }

        End = first;
        FreeBlocks -= blocks;
    }

    // The place of the last free run that begins before a block, or -1.
    private int Before(long block)
    {
        int low = 0, high = free.Count;
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (free.GetKeyAtIndex(middle) < block)
                low = middle + 1;
            else
                high = middle;
        }

        return low - 1;
    }
}
