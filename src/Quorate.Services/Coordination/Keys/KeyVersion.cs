using Quorate.Kernel.Encoding;

namespace Quorate.Services.Coordination.Keys;

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

    /// <summary>The rest; nothing but zeros for a deletion.</summary>
    public VersionDetails Details
    {
        get
        {
            if (Chunk is null)
                return default;
            var reader = new ByteReader(Chunk.Bytes.AsSpan(offset, Chunk.Used - offset));
            var create = Main - (long)reader.ReadVarUInt();
            var number = (long)reader.ReadVarUInt();
            var lease = reader.ReadVarInt();
            var length = reader.ReadCount();
            return new VersionDetails(create, number, lease, Chunk.Bytes.AsMemory(offset + reader.Position, length));
        }
    }

    /// <summary>How long the value is.</summary>
    public int ValueBytes => Details.Value.Length;

    /// <summary>The bytes that it takes in its chunk.</summary>
    public int RecordBytes => Record.Length;

    /// <summary>Its bytes in its chunk.</summary>
    public ReadOnlySpan<byte> Record
    {
        get
        {
            if (Chunk is null)
                return default;
            var reader = new ByteReader(Chunk.Bytes.AsSpan(offset, Chunk.Used - offset));
            for (var number = 0; number < 3; number++)
                reader.ReadVarUInt();
            var length = reader.ReadCount();
            return Chunk.Bytes.AsSpan(offset, reader.Position + length);
        }
    }

    /// <summary>A version that says that the key was deleted.</summary>
    /// <param name="main">The revision of the transaction that deleted it.</param>
    /// <param name="sub">Its place in the transaction.</param>
    public static KeyVersion Deletion(long main, int sub) => new(main, sub);

    /// <summary>The version as the interface shows it. The value is a slice of memory that other versions share: who keeps it for long
    /// takes a copy.</summary>
    /// <param name="key">The key.</param>
    public KeyValue ToKeyValue(byte[] key)
    {
        var details = Details;
        return new KeyValue(key, details.Create, Main, details.Number, details.Value, details.Lease);
    }
}
