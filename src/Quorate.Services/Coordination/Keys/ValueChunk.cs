namespace Quorate.Services.Coordination.Keys;

/// <summary>A run of memory that holds the written form of many versions, one behind the other. Bytes are written once and never changed,
/// so that slices of them may be handed out.</summary>
/// <param name="capacity">Its size in bytes.</param>
internal sealed class ValueChunk(int capacity)
{
    /// <summary>The memory.</summary>
    public byte[] Bytes { get; } = GC.AllocateUninitializedArray<byte>(capacity);

    /// <summary>How many bytes are written.</summary>
    public int Used { get; set; }

    /// <summary>How many of them belong to versions that are kept.</summary>
    public int Live { get; set; }

    /// <summary>Whether most of it is of versions that are gone.</summary>
    public bool IsSparse => Live * 2L < Bytes.Length;
}
