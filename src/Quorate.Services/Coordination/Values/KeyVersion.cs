namespace Quorate.Services.Coordination.Values;

/// <summary>One version of a key: its revision, and where the rest is written. A version without the rest says that the key was
/// deleted.</summary>
internal readonly struct KeyVersion
{
    private readonly int offset;

    /// <summary>A live version that is written somewhere.</summary>
    /// <param name="main">The revision of the transaction that wrote it.</param>
    /// <param name="sub">Its place among the writes of that transaction.</param>
    /// <param name="chunk">Where the rest is written.</param>
    /// <param name="offset">At which place.</param>
    public KeyVersion(long main, int sub, ValueChunk chunk, int offset)
    {
        (Main, Sub, Chunk) = (main, sub, chunk);
        this.offset = offset;
    }

    private KeyVersion(long main, int sub) => (Main, Sub) = (main, sub);

    /// <summary>The revision of the transaction that wrote it.</summary>
    public long Main { get; }

    /// <summary>Its place among the writes of that transaction.</summary>
    public int Sub { get; }

    /// <summary>Where the rest is written; null for a deletion.</summary>
    public ValueChunk? Chunk { get; }

    /// <summary>Whether the key is there in this version.</summary>
    public bool IsLive => Chunk is not null;

    /// <summary>What is written before the value; nothing but zeros for a deletion.</summary>
    public VersionHeader Header => Chunk is null ? default : VersionHeader.Read(Main, Chunk.Peek(offset, VersionHeader.BytesMax));

    /// <summary>The rest; nothing but zeros for a deletion.</summary>
    public VersionDetails Details
    {
        get
        {
            var header = Header;
            return new VersionDetails(header.Create, header.Number, header.Lease, ValueBehind(header));
        }
    }

    /// <summary>The value; empty for a deletion.</summary>
    public ReadOnlyMemory<byte> Value => ValueBehind(Header);

    /// <summary>All that is written of it. Valid until another version is read.</summary>
    public ReadOnlySpan<byte> Record
    {
        get
        {
            if (Chunk is null)
                return default;
            var header = Header;
            var length = header.Bytes + header.ValueBytes;
            return Chunk.Peek(offset, length)[..length];
        }
    }

    /// <summary>A version that says that the key was deleted.</summary>
    /// <param name="main">The revision of the transaction that deleted it.</param>
    /// <param name="sub">Its place in the transaction.</param>
    public static KeyVersion Deletion(long main, int sub) => new(main, sub);

    /// <summary>The version as the interface shows it. The value is a slice of memory that other versions share: who keeps it for long
    /// takes a copy.</summary>
    /// <param name="key">The key.</param>
    /// <param name="withValue">Whether the value is wanted.</param>
    public KeyValue ToKeyValue(byte[] key, bool withValue = true)
    {
        var header = Header;
        return new KeyValue(key, header.Create, Main, header.Number, withValue ? ValueBehind(header) : default, header.Lease);
    }

    private ReadOnlyMemory<byte> ValueBehind(in VersionHeader header) =>
        Chunk is null ? default : Chunk.Slice(offset + header.Bytes, header.ValueBytes);
}
