namespace Quorate.Simulation.Disks;

/// <summary>
/// The bytes of a file by pages; a page that was never written, or only ever with zeros, takes no memory: files are often filled with
/// zeros first.
/// </summary>
/// <param name="pool">Where pages come from and go to; null for one of its own.</param>
internal sealed class PageStore(PagePool? pool = null)
{
    public const int PageBytes = 4096;
    private readonly PagePool pool = pool ?? new PagePool();
    private readonly Dictionary<long, byte[]> pages = [];

    public void Read(long offset, Span<byte> into)
    {
        while (!into.IsEmpty)
        {
            var within = (int)(offset % PageBytes);
            var take = Math.Min(PageBytes - within, into.Length);
            if (pages.TryGetValue(offset / PageBytes, out var page))
                page.AsSpan(within, take).CopyTo(into);
            else
                into[..take].Clear();
            offset += take;
            into = into[take..];
        }
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var within = (int)(offset % PageBytes);
            var take = Math.Min(PageBytes - within, bytes.Length);
            if (pages.TryGetValue(offset / PageBytes, out var page))
                bytes[..take].CopyTo(page.AsSpan(within));
            else if (bytes[..take].ContainsAnyExcept((byte)0))
                Begin(offset / PageBytes, within, bytes[..take]);
            offset += take;
            bytes = bytes[take..];
        }
    }

    /// <summary>Writes zeros.</summary>
    public void Clear(long offset, long count)
    {
        for (var end = offset + count; offset < end;)
        {
            var within = (int)(offset % PageBytes);
            var take = (int)Math.Min(PageBytes - within, end - offset);
            if (pages.TryGetValue(offset / PageBytes, out var page))
                Array.Clear(page, within, take);
            offset += take;
        }
    }

    /// <summary>Forgets everything from a length on, up to the end that the file had.</summary>
    public void Truncate(long length, long oldLength)
    {
        var first = (length + PageBytes - 1) / PageBytes;
        if (length % PageBytes != 0 && pages.TryGetValue(length / PageBytes, out var cut))
            Array.Clear(cut, (int)(length % PageBytes), PageBytes - (int)(length % PageBytes));
        for (var page = first; page * PageBytes < oldLength; page++)
            Restore(page, null);
    }

    /// <summary>A copy of a page, or null where it is all zero.</summary>
    public byte[]? CopyOf(long page)
    {
        if (!pages.TryGetValue(page, out var bytes))
            return null;
        var copy = pool.Take();
        bytes.CopyTo(copy, 0);
        return copy;
    }

    /// <summary>Puts a page back; it belongs to the store from now on.</summary>
    public void Restore(long page, byte[]? bytes)
    {
        if (pages.Remove(page, out var before))
            pool.Return(before);
        if (bytes is not null)
            pages.Add(page, bytes);
    }

    private void Begin(long number, int within, ReadOnlySpan<byte> bytes)
    {
        var page = pool.Take();
        Array.Clear(page, 0, within);
        bytes.CopyTo(page.AsSpan(within));
        Array.Clear(page, within + bytes.Length, PageBytes - within - bytes.Length);
        pages.Add(number, page);
    }
}
