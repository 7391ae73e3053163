namespace Quorate.Simulation.Disks;

/// <summary>The bytes of a file by pages; a page never written is all zero and takes no memory.</summary>
internal sealed class PageStore
{
    public const int PageBytes = 4096;
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
            bytes[..take].CopyTo(PageFor(offset / PageBytes).AsSpan(within));
            offset += take;
            bytes = bytes[take..];
        }
    }

    /// <summary>Forgets everything from a length on, up to the end that the file had.</summary>
    public void Truncate(long length, long oldLength)
    {
        var first = (length + PageBytes - 1) / PageBytes;
        if (length % PageBytes != 0 && pages.TryGetValue(length / PageBytes, out var cut))
            Array.Clear(cut, (int)(length % PageBytes), PageBytes - (int)(length % PageBytes));
        for (var page = first; page * PageBytes < oldLength; page++)
            pages.Remove(page);
    }

    /// <summary>A copy of a page, or null where it is all zero.</summary>
    public byte[]? CopyOf(long page) => pages.TryGetValue(page, out var bytes) ? (byte[])bytes.Clone() : null;

    /// <summary>Puts a page back.</summary>
    public void Restore(long page, byte[]? bytes)
    {
        if (bytes is null)
            pages.Remove(page);
        else
            pages[page] = bytes;
    }

    private byte[] PageFor(long number)
    {
        if (pages.TryGetValue(number, out var page))
            return page;
        return pages[number] = new byte[PageBytes];
    }
}
