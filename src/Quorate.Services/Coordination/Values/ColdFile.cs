using Quorate.Kernel.Encoding;
using Quorate.Kernel.Machines;

namespace Quorate.Services.Coordination.Values;

/// <summary>
/// A file of blocks that outlives no process: it is never synced, and nothing in it says what it is. What each block must hold is known in
/// memory, so that no bad byte is taken for a value.
/// </summary>
internal sealed class ColdFile : IAsyncDisposable
{
    /// <summary>The size of a block: the least that is read, and what one checksum is for.</summary>
    public const int BlockBytes = 4096;

    private const long SpareBytesMax = 16 << 20;

    private readonly IMachine machine;
    private readonly IFile file;
    private readonly FreeExtents space = new();

    // The blocks that were read last: neighbours are often read one after the other.
    private byte[] buffer = [];
    private ColdExtent? bufferExtent;
    private int bufferFirst;
    private int bufferEnd;

    private ColdFile(IMachine machine, IFile file) => (this.machine, this.file) = (machine, file);

    /// <summary>Creates the file, or empties the one that an earlier process left.</summary>
    /// <param name="machine">Whose disk.</param>
    /// <param name="path">Where.</param>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static async ValueTask<ColdFile> CreateAsync(IMachine machine, string path)
    {
        await machine.Disk.CreateDirectoryAsync(path[..path.LastIndexOf('/')]);
        await machine.Disk.DeleteAsync(path);
        return new ColdFile(machine, await machine.Disk.OpenAsync(path, OpenMode.CreateNew));
    }

    /// <summary>Gives the end of the file back to the disk, where much of it is free. Not while a write is under way.</summary>
    public async ValueTask ShortenAsync()
    {
        var needed = space.End * BlockBytes;
        if (file.Length - needed > SpareBytesMax && file.Length > 2 * needed)
            await file.SetLengthAsync(needed);
    }

    /// <summary>Writes bytes into free blocks. One write at a time.</summary>
    /// <param name="bytes">What; must not change until the call is done.</param>
    /// <exception cref="IOException">The disk refuses; nothing is taken.</exception>
    public async ValueTask<ColdExtent> WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        var checksums = new uint[BlocksOf(bytes.Length)];
        for (var block = 0; block < checksums.Length; block++)
            checksums[block] = Crc32C.Of(BlockOf(bytes.Span, block));
        var first = space.Take(checksums.Length);
        try
        {
            await file.WriteAsync(first * BlockBytes, bytes);
        }
        catch
        {
            space.Give(first, checksums.Length);
            throw;
        }

        return new ColdExtent(this, first, bytes.Length, checksums);
    }

    /// <summary>Reads bytes of an extent, whole blocks at a time. Valid until the next read.</summary>
    /// <param name="extent">The extent.</param>
    /// <param name="offset">Where in it.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="IOException">The device failed, or gives other bytes than were written; the machine fails with it.</exception>
    public ReadOnlySpan<byte> Read(ColdExtent extent, int offset, int count)
    {
        var first = offset / BlockBytes;
        var end = BlocksOf(offset + count);
        if (!ReferenceEquals(extent, bufferExtent) || first < bufferFirst || end > bufferEnd)
            Fill(extent, first, end);
        return buffer.AsSpan(offset - (bufferFirst * BlockBytes), count);
    }

    /// <summary>Gives the blocks of an extent back.</summary>
    /// <param name="extent">The extent.</param>
    public void Release(ColdExtent extent) => space.Give(extent.FirstBlock, BlocksOf(extent.Length));

    /// <summary>Closes the file and deletes it.</summary>
    public async ValueTask DisposeAsync()
    {
        await file.DisposeAsync();
        try
        {
            await machine.Disk.DeleteAsync(file.Path);
        }
        catch (IOException e)
        {
            machine.Telemetry.Record(Severity.Warning, "coordination", $"{file.Path} stays until the next start: {e.Message}");
        }
    }

    private static int BlocksOf(int bytes) => (bytes + BlockBytes - 1) / BlockBytes;

    private static ReadOnlySpan<byte> BlockOf(ReadOnlySpan<byte> bytes, int block) =>
        bytes.Slice(block * BlockBytes, Math.Min(BlockBytes, bytes.Length - (block * BlockBytes)));

    private void Fill(ColdExtent extent, int first, int end)
    {
        var length = Math.Min(end * BlockBytes, extent.Length) - (first * BlockBytes);
        if (buffer.Length < length)
            buffer = new byte[(end - first) * BlockBytes];
        bufferExtent = null;
        try
        {
            ReadChecked(extent, first, buffer.AsSpan(0, length));
        }
        catch (IOException e)
        {
            // Some of the state cannot be had any more; log and snapshot have it, and a node that starts anew reads them.
            machine.Telemetry.Sometimes("values: a block cannot be read back");
            machine.Fail(e);
            throw;
        }

        (bufferExtent, bufferFirst, bufferEnd) = (extent, first, end);
    }

    private void ReadChecked(ColdExtent extent, int first, Span<byte> bytes)
    {
        var at = (extent.FirstBlock + first) * BlockBytes;
        var read = file.Read(at, bytes);
        if (read < bytes.Length)
            throw new CorruptFileException(file.Path, at + read, $"{bytes.Length - read} bytes that were written are missing");
        for (var block = 0; block < BlocksOf(bytes.Length); block++)
        {
            if (Crc32C.Of(BlockOf(bytes, block)) != extent.Checksums[first + block])
                throw new CorruptFileException(file.Path, at + ((long)block * BlockBytes), "a block is not what was written there");
        }
    }
}
