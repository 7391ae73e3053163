namespace Quorate.Services.Coordination.Values;

/// <summary>A run of blocks of a <see cref="ColdFile"/> that holds one chunk.</summary>
/// <param name="file">The file.</param>
/// <param name="firstBlock">The first block.</param>
/// <param name="length">How many bytes are written.</param>
/// <param name="checksums">The CRC-32C of each block's written bytes.</param>
internal sealed class ColdExtent(ColdFile file, long firstBlock, int length, uint[] checksums)
{
    /// <summary>The first block.</summary>
    public long FirstBlock => firstBlock;

    /// <summary>How many bytes are written.</summary>
    public int Length => length;

    /// <summary>The CRC-32C of each block's written bytes.</summary>
    public ReadOnlySpan<uint> Checksums => checksums;

    /// <summary>Reads bytes back. Valid until the next read of the file.</summary>
    /// <param name="offset">Where in the extent.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="IOException">The device failed, or gives other bytes than were written; the machine fails with it.</exception>
    public ReadOnlySpan<byte> Read(int offset, int count) => file.Read(this, offset, count);

    /// <summary>Gives the blocks back.</summary>
    public void Release() => file.Release(this);
}
