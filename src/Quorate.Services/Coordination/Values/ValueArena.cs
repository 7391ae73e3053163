using Quorate.Kernel.Encoding;

namespace Quorate.Services.Coordination.Values;

/// <summary>
/// The memory of values: versions are written one behind the other into large chunks, so that a version costs no object of its own and
/// the garbage collector neither moves nor visits it. A chunk goes when its last version does; the oldest chunks go to disk.
/// </summary>
/// <param name="cold">Where chunks go that are too many for memory; null where all of them stay.</param>
/// <param name="chunkBytes">The size of a chunk.</param>
/// <remarks>
/// Cost: the value and five to ten bytes a version, in memory up to the bound of <paramref name="cold"/>. Where most of that is of
/// versions that are gone, <see cref="IsSparse"/> asks that the others be moved together (<see cref="Move"/>), so at most about half is
/// lost in the long run.
/// Source: Rosenblum and Ousterhout, "The design and implementation of a log-structured file system", 1992 (segments and their cleaning);
/// Rumble, Kejriwal and Ousterhout, "Log-structured memory for DRAM-based storage", 2014.
/// </remarks>
internal sealed class ValueArena(ColdValues? cold = null, int chunkBytes = ValueArena.ChunkBytes) : IAsyncDisposable
{
    /// <summary>The usual size of a chunk.</summary>
    public const int ChunkBytes = 128 << 10;

    // A longer record has a chunk to itself, so that little is lost at the end of the others.
    private readonly int sharedRecordBytesMax = chunkBytes / 8;
    private readonly long tidyBytesMin = 8L * chunkBytes;

    private readonly ByteWriter header = new(64);
    private ValueChunk current = new(0);

    /// <summary>The bytes of all chunks that hold a version, in memory and on disk.</summary>
    public long HeldBytes { get; private set; }

    /// <summary>About how many bytes the versions take that are kept.</summary>
    public long LiveBytes { get; private set; }

    /// <summary>Whether moving the versions together would give back most of the memory.</summary>
    public bool IsSparse => HeldBytes > tidyBytesMin && LiveBytes * 2 < HeldBytes;

    /// <summary>Writes a live version.</summary>
    /// <param name="main">The revision of the transaction that writes it.</param>
    /// <param name="sub">Its place in the transaction.</param>
    /// <param name="details">The rest.</param>
    public KeyVersion Write(long main, int sub, in VersionDetails details)
    {
        header.Clear();
        VersionHeader.Write(header, main, details);
        return Append(main, sub, header.WrittenSpan, details.Value.Span);
    }

    /// <summary>Gives back the memory of a version that is no longer kept.</summary>
    /// <param name="version">The version.</param>
    public void Free(in KeyVersion version)
    {
        if (version.Chunk is not { } chunk)
            return;
        LiveBytes -= chunk.LiveBytes;
        chunk.Free();
        LiveBytes += chunk.LiveBytes;
        if (chunk.Kept == 0 && !ReferenceEquals(chunk, current))
            Drop(chunk, wasSealed: true);
    }

    /// <summary>Whether a version lies where most is gone, so that moving it helps.</summary>
    /// <param name="version">The version.</param>
    public bool IsWorthMoving(in KeyVersion version) =>
        version.Chunk is { IsSparse: true } chunk && !ReferenceEquals(chunk, current);

    /// <summary>The same version at another place; the old place is given back.</summary>
    /// <param name="version">The version.</param>
    public KeyVersion Move(in KeyVersion version)
    {
        var moved = Append(version.Main, version.Sub, version.Record, default);
        Free(version);
        return moved;
    }

    /// <summary>Gives the disk back. Nothing is read or written any more.</summary>
    public ValueTask DisposeAsync() => cold?.DisposeAsync() ?? default;

    private KeyVersion Append(long main, int sub, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var bytes = first.Length + second.Length;
        var isAlone = bytes > sharedRecordBytesMax;
        var chunk = isAlone ? Add(bytes) : current.Fits(bytes) ? current : Replace();
        LiveBytes -= chunk.LiveBytes;
        var offset = chunk.Append(first, second);
        LiveBytes += chunk.LiveBytes;
        if (isAlone)
            cold?.Sealed(chunk);
        return new KeyVersion(main, sub, chunk, offset);
    }

    private ValueChunk Replace()
    {
        var full = current;
        // The first chunk is small: a store of a few keys takes little memory.
        current = Add(full.Capacity == 0 ? sharedRecordBytesMax : chunkBytes);
        if (full.Kept == 0)
            Drop(full, wasSealed: false);
        else
            cold?.Sealed(full);
        return current;
    }

    private ValueChunk Add(int capacity)
    {
        HeldBytes += capacity;
        return new ValueChunk(capacity);
    }

    private void Drop(ValueChunk chunk, bool wasSealed)
    {
        HeldBytes -= chunk.Capacity;
        if (wasSealed)
            cold?.Dropping(chunk);
        chunk.Drop();
    }
}
