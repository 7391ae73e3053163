using Quorate.Kernel.Invariants;

namespace Quorate.Services.Coordination.Values;

/// <summary>
/// The written form of many versions, one behind the other, in memory or, once it is full and old, on disk. Bytes are written once and never
/// changed, so that slices of them may be handed out.
/// </summary>
/// <param name="capacity">Its size in bytes.</param>
internal sealed class ValueChunk(int capacity)
{
    // Invariant: not both; neither once no version is kept.
    private byte[]? bytes = GC.AllocateUninitializedArray<byte>(capacity);
    private ColdExtent? extent;
    private int written;

    /// <summary>Its size in bytes.</summary>
    public int Capacity => capacity;

    /// <summary>How many bytes are written.</summary>
    public int Used { get; private set; }

    /// <summary>How many of its versions are kept.</summary>
    public int Kept { get; private set; }

    /// <summary>About how many bytes belong to versions that are kept: exact when all are, and when none is.</summary>
    public long LiveBytes => written == 0 ? 0 : (long)Used * Kept / written;

    /// <summary>Whether most of it is of versions that are gone.</summary>
    public bool IsSparse => LiveBytes * 2 < capacity;

    /// <summary>Whether its bytes are on disk.</summary>
    public bool IsCold => extent is not null;

    /// <summary>What is written, as long as it is in memory.</summary>
    public ReadOnlyMemory<byte> Written => bytes.AsMemory(0, Used);

    /// <summary>Whether this many more bytes fit.</summary>
    /// <param name="count">How many.</param>
    public bool Fits(int count) => capacity - Used >= count;

    /// <summary>Writes a version in two parts.</summary>
    /// <param name="first">The first part.</param>
    /// <param name="second">The second part.</param>
    /// <returns>Where it begins.</returns>
    public int Append(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var offset = Used;
        first.CopyTo(bytes.AsSpan(offset));
        second.CopyTo(bytes.AsSpan(offset + first.Length));
        Used += first.Length + second.Length;
        written++;
        Kept++;
        return offset;
    }

    /// <summary>Bytes from a place on: at least as many as asked for, or all up to the end. Valid until the next call of any chunk of the
    /// same store.</summary>
    /// <param name="offset">Where.</param>
    /// <param name="count">How many.</param>
    public ReadOnlySpan<byte> Peek(int offset, int count) =>
        extent is null ? bytes.AsSpan(offset, Used - offset) : extent.Read(offset, Math.Min(count, Used - offset));

    /// <summary>Bytes that stay as they are for ever: a slice of memory, or a copy of what is on disk.</summary>
    /// <param name="offset">Where.</param>
    /// <param name="count">How many.</param>
    public ReadOnlyMemory<byte> Slice(int offset, int count) =>
        extent is null ? bytes.AsMemory(offset, count) : extent.Read(offset, count)[..count].ToArray();

    /// <summary>Forgets a version.</summary>
    public void Free()
    {
        Invariant.Holds(Kept > 0, "a version's memory is given back once");
        Kept--;
    }

    /// <summary>The bytes are on disk now, and leave memory.</summary>
    /// <param name="place">Where on disk.</param>
    public void GoCold(ColdExtent place) => (extent, bytes) = (place, null);

    /// <summary>Gives memory and disk back. Slices that were handed out stay.</summary>
    public void Drop()
    {
        extent?.Release();
        (extent, bytes) = (null, null);
    }
}
