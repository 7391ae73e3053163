using Quorate.Kernel.Encoding;
using Quorate.Kernel.Invariants;

namespace Quorate.Services.Coordination.Keys;

/// <summary>
/// The memory of values: versions are written one behind the other into large chunks, so that a version costs no object of its own and
/// the garbage collector neither moves nor visits it. A chunk goes when its last version does.
/// </summary>
/// <remarks>
/// Cost: the value and five to ten bytes a version. Where most of the memory is of versions that are gone, <see cref="IsSparse"/> asks that
/// the others be moved together (<see cref="Move"/>), so at most about half is lost in the long run.
/// Source: Rosenblum and Ousterhout, "The design and implementation of a log-structured file system", 1992 (segments and their cleaning);
/// Rumble, Kejriwal and Ousterhout, "Log-structured memory for DRAM-based storage", 2014.
/// </remarks>
internal sealed class ValueArena
{
    /// <summary>The size of a chunk.</summary>
    public const int ChunkBytes = 128 << 10;

    // A longer record has a chunk to itself, so that little is lost at the end of the others.
    private const int SharedRecordBytesMax = ChunkBytes / 8;
    private const long TidyBytesMin = 1 << 20;

    private readonly ByteWriter header = new(64);
    private ValueChunk current = new(0);

    /// <summary>The bytes of all chunks that hold a version.</summary>
    public long HeldBytes { get; private set; }

    /// <summary>The bytes of all versions that are kept.</summary>
    public long LiveBytes { get; private set; }

    /// <summary>Whether moving the versions together would give back most of the memory.</summary>
    public bool IsSparse => HeldBytes > TidyBytesMin && LiveBytes * 2 < HeldBytes;

    /// <summary>Writes a live version.</summary>
    /// <param name="main">The revision of the transaction that writes it.</param>
    /// <param name="sub">Its place in the transaction.</param>
    /// <param name="details">The rest.</param>
    public KeyVersion Write(long main, int sub, in VersionDetails details)
    {
        header.Clear();
        header.WriteVarUInt((ulong)(main - details.Create));
        header.WriteVarUInt((ulong)details.Number);
        header.WriteVarInt(details.Lease);
        header.WriteVarUInt((ulong)details.Value.Length);
        var chunk = Take(header.Length + details.Value.Length, out var offset);
        header.WrittenSpan.CopyTo(chunk.Bytes.AsSpan(offset));
        details.Value.Span.CopyTo(chunk.Bytes.AsSpan(offset + header.Length));
        return new KeyVersion(main, sub, chunk, offset);
    }

    /// <summary>Gives back the memory of a version that is no longer kept.</summary>
    /// <param name="version">The version.</param>
    public void Free(in KeyVersion version)
    {
        if (version.Chunk is not { } chunk)
            return;
        var bytes = version.RecordBytes;
        chunk.Live -= bytes;
        LiveBytes -= bytes;
        Invariant.Holds(chunk.Live >= 0, "a version's memory is given back once");
        if (chunk.Live == 0 && !ReferenceEquals(chunk, current))
            HeldBytes -= chunk.Bytes.Length;
    }

    /// <summary>Whether a version lies where most is gone, so that moving it helps.</summary>
    /// <param name="version">The version.</param>
    public bool IsWorthMoving(in KeyVersion version) =>
        version.Chunk is { IsSparse: true } chunk && !ReferenceEquals(chunk, current);

    /// <summary>The same version at another place; the old place is given back.</summary>
    /// <param name="version">The version.</param>
    public KeyVersion Move(in KeyVersion version)
    {
        var record = version.Record;
        var chunk = Take(record.Length, out var offset);
        record.CopyTo(chunk.Bytes.AsSpan(offset));
        Free(version);
        return new KeyVersion(version.Main, version.Sub, chunk, offset);
    }

    private ValueChunk Take(int bytes, out int offset)
    {
        var chunk = bytes > SharedRecordBytesMax ? Add(bytes) : current;
        if (chunk.Bytes.Length - chunk.Used < bytes)
            chunk = Replace();
        offset = chunk.Used;
        chunk.Used += bytes;
        chunk.Live += bytes;
        LiveBytes += bytes;
        return chunk;
    }

    private ValueChunk Replace()
    {
        if (current.Live == 0)
            HeldBytes -= current.Bytes.Length;
        // The first chunk is small: a store of a few keys takes little memory.
        return current = Add(current.Bytes.Length == 0 ? ChunkBytes / 8 : ChunkBytes);
    }

    private ValueChunk Add(int capacity)
    {
        HeldBytes += capacity;
        return new ValueChunk(capacity);
    }
}
