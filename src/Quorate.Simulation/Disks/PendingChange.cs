namespace Quorate.Simulation.Disks;

/// <summary>A change to a file that no sync has made durable yet: bytes, of which the zeros at the end are not kept, or a new length.</summary>
internal sealed class PendingChange
{
    private byte[]? bytes;
    private int kept;
    private int length;

    private PendingChange(long offset) => Offset = offset;

    /// <summary>Where the bytes go; or the new length.</summary>
    public long Offset { get; private set; }

    /// <summary>Whether it is a new length.</summary>
    public bool IsResize { get; private init; }

    /// <summary>A sync that failed has lost it: the file shows it until the crash, and no later sync brings it back.</summary>
    public bool IsLost { get; set; }

    public long End => Offset + length;

    public static PendingChange Resize(long length) => new(length) { IsResize = true };

    public static PendingChange Write(long offset, ReadOnlySpan<byte> bytes, PagePool pool)
    {
        var kept = bytes.LastIndexOfAnyExcept((byte)0) + 1;
        var array = kept == 0 ? null : kept <= PageStore.PageBytes ? pool.Take() : GC.AllocateUninitializedArray<byte>(kept);
        bytes[..kept].CopyTo(array);
        return new PendingChange(offset) { bytes = array, kept = kept, length = bytes.Length };
    }

    /// <summary>Does it, or the part of it between two offsets.</summary>
    public void WriteTo(PageStore store, long from, long to)
    {
        var keptEnd = Math.Clamp(Offset + kept, from, to);
        if (from < keptEnd)
            store.Write(from, bytes.AsSpan((int)(from - Offset), (int)(keptEnd - from)));
        store.Clear(keptEnd, to - keptEnd);
    }

    /// <summary>
    /// A later change of the same file became durable. This one is lost and only shown, and must not be shown over the later one.
    /// </summary>
    public void GiveWayTo(PendingChange later)
    {
        if (IsResize)
            Offset = later.IsResize ? later.Offset : Math.Max(Offset, later.End);
        else if (later.IsResize)
            (length, kept) = Shorten(later.Offset);
        else if (Math.Max(Offset, later.Offset) is var from && Math.Min(End, later.End) is var to && from < to)
            Overwrite(later, from, to);
    }

    /// <summary>It became durable or undone, and nobody looks at it again.</summary>
    public void Release(PagePool pool)
    {
        pool.Return(bytes);
        bytes = null;
    }

    private (int Length, int Kept) Shorten(long end)
    {
        var shorter = (int)Math.Clamp(end - Offset, 0, length);
        return (shorter, Math.Min(kept, shorter));
    }

    private void Overwrite(PendingChange later, long from, long to)
    {
        var all = new byte[length];
        bytes.AsSpan(0, kept).CopyTo(all);
        var over = all.AsSpan((int)(from - Offset), (int)(to - from));
        over.Clear();
        var laterKept = Math.Clamp(later.Offset + later.kept, from, to);
        later.bytes.AsSpan((int)(from - later.Offset), (int)(laterKept - from)).CopyTo(over);
        (bytes, kept) = (all, length);
    }
}
