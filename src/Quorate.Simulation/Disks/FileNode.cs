using Quorate.Simulation.Randomness;

namespace Quorate.Simulation.Disks;

/// <summary>
/// The bytes of one file, under whatever names: what its readers see, and behind it what is durable. Durable are the pages as they
/// were at the last sync (kept aside when a page is first changed after it) and the length as of then.
/// </summary>
/// <param name="pool">Where the pages of its disk come from.</param>
internal sealed class FileNode(PagePool pool)
{
    public const int SectorBytes = 512;
    private readonly PageStore store = new(pool);
    private readonly Dictionary<long, byte[]?> durablePages = [];
    private readonly List<PendingChange> pending = [];
    private long durableLength;

    // The longest that the file was since the last sync: behind the durable length there is nothing to keep aside.
    private long lengthMax;

    public long Length { get; private set; }

    /// <summary>Where the changes made so far end; a sync that begins now covers what is before.</summary>
    public int PendingCount => pending.Count;

    /// <summary>Counts the times that changes became durable, so that a sync under way knows which were taken before it.</summary>
    public long TakenCount { get; private set; }

    public int Read(long offset, Span<byte> into)
    {
        var take = (int)Math.Clamp(Length - offset, 0, into.Length);
        store.Read(offset, into[..take]);
        return take;
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        KeepAside(offset, offset + bytes.Length);
        var change = PendingChange.Write(offset, bytes, pool);
        pending.Add(change);
        change.WriteTo(store, offset, change.End);
        Grow(change.End);
    }

    public void SetLength(long length)
    {
        if (length == Length)
            return;
        pending.Add(PendingChange.Resize(length));
        Resize(length);
    }

    /// <summary>The first so many changes become durable, except those that an earlier failed sync lost.</summary>
    public void MakeDurable(long upTo)
    {
        var count = (int)Math.Clamp(upTo - TakenCount, 0, pending.Count);
        if (count == pending.Count && !pending.Exists(c => c.IsLost))
        {
            TakenCount += count;
            Settle();
            return;
        }
        var changes = pending.ToArray();
        GoBack();
        for (var i = 0; i < count; i++)
        {
            if (changes[i].IsLost)
                continue;
            Apply(changes[i], ChangeFate.Kept, null);
            foreach (var earlier in changes.AsSpan(0, i))
            {
                if (earlier.IsLost)
                    earlier.GiveWayTo(changes[i]);
            }
        }
        durableLength = lengthMax = Length;
        for (var i = 0; i < changes.Length; i++)
        {
            if (i < count && !changes[i].IsLost)
                TakenCount++;
            else
                pending.Add(changes[i]);
            Show(changes[i]);
        }
    }

    /// <summary>A sync of the first so many changes failed: each of them is lost or was written after all.</summary>
    public void LoseSome(long upTo, SeededRandom random)
    {
        var count = (int)Math.Clamp(upTo - TakenCount, 0, pending.Count);
        for (var i = 0; i < count; i++)
            pending[i].IsLost |= random.Chance(0.7);
    }

    /// <summary>Flips a bit of what is seen and of what is durable.</summary>
    public void FlipBit(long offset)
    {
        Span<byte> one = stackalloc byte[1];
        store.Read(offset, one);
        one[0] ^= 1;
        store.Write(offset, one);
        if (!durablePages.TryGetValue(offset / PageStore.PageBytes, out var page))
            return;
        page ??= durablePages[offset / PageStore.PageBytes] = new byte[PageStore.PageBytes];
        page[offset % PageStore.PageBytes] ^= 1;
    }

    /// <summary>The power fails: each change since the last sync is kept, lost or torn between sectors, on its own.</summary>
    public void Crash(SeededRandom random, bool keepsAll = false)
    {
        if (pending.Count == 0)
            return;
        // A third of the crashes treat all changes alike, so that "everything lost" and "everything kept" are seen often.
        var mood = keepsAll ? (int)ChangeFate.Kept : random.Next(6);
        var changes = pending.ToArray();
        GoBack();
        foreach (var change in changes)
        {
            if (!change.IsLost)
                Apply(change, mood < 2 ? (ChangeFate)mood : (ChangeFate)random.Next(3), random);
            change.Release(pool);
        }
        TakenCount += changes.Length;
        durableLength = lengthMax = Length;
    }

    private enum ChangeFate
    {
        Lost,
        Kept,
        Torn,
    }

    /// <summary>All that was written is durable.</summary>
    private void Settle()
    {
        foreach (var change in pending)
            change.Release(pool);
        pending.Clear();
        foreach (var (_, page) in durablePages)
            pool.Return(page);
        durablePages.Clear();
        durableLength = lengthMax = Length;
    }

    private void GoBack()
    {
        foreach (var (page, bytes) in durablePages)
            store.Restore(page, bytes);
        store.Truncate(durableLength, lengthMax);
        Length = lengthMax = durableLength;
        durablePages.Clear();
        pending.Clear();
    }

    private void Apply(PendingChange change, ChangeFate fate, SeededRandom? random)
    {
        if (fate == ChangeFate.Lost)
            return;
        if (change.IsResize)
        {
            if (change.Offset < Length)
                store.Truncate(change.Offset, Length);
            Length = change.Offset;
            return;
        }
        if (fate == ChangeFate.Kept)
        {
            change.WriteTo(store, change.Offset, change.End);
            Length = Math.Max(Length, change.End);
            return;
        }
        for (var at = change.Offset; at < change.End;)
        {
            var next = Math.Min((at / SectorBytes + 1) * SectorBytes, change.End);
            if (random!.Chance(0.5))
            {
                change.WriteTo(store, at, next);
                Length = Math.Max(Length, next);
            }
            at = next;
        }
    }

    private void Show(PendingChange change)
    {
        if (change.IsResize)
        {
            Resize(change.Offset);
            return;
        }
        KeepAside(change.Offset, change.End);
        change.WriteTo(store, change.Offset, change.End);
        Grow(change.End);
    }

    private void Resize(long length)
    {
        if (length < Length)
        {
            KeepAside(length, Length);
            store.Truncate(length, Length);
        }
        Length = length;
        lengthMax = Math.Max(lengthMax, length);
    }

    private void Grow(long end)
    {
        Length = Math.Max(Length, end);
        lengthMax = Math.Max(lengthMax, end);
    }

    private void KeepAside(long from, long to)
    {
        for (var page = from / PageStore.PageBytes; page * PageStore.PageBytes < Math.Min(to, durableLength); page++)
        {
            if (!durablePages.ContainsKey(page))
                durablePages.Add(page, store.CopyOf(page));
        }
    }
}
