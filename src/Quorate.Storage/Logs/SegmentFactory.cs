using System.Buffers;
using Quorate.Kernel.Machines;
using Quorate.Storage.Folders;

namespace Quorate.Storage.Logs;

/// <summary>Makes segments: full length, really filled with zeros, header durable, and only then given their name.</summary>
/// <remarks>
/// Space is reserved first, so that a full disk shows here and not in the middle of a commit. The zeros are written and not only
/// reserved: a commit then overwrites blocks that the file system has already placed, and fdatasync has no metadata to write.
/// </remarks>
internal sealed class SegmentFactory(IDisk disk, WriteAheadLogOptions options)
{
    private const int ChunkBytes = 1 << 20;

    public async Task<LogSegment> CreateAsync(long number)
    {
        var name = LogFormat.SegmentName(number);
        var path = DurableDirectory.PathOf(options.Directory, name);
        var temporary = path + LogFormat.TemporarySuffix;
        var bytes = options.BytesOf(number);
        await disk.DeleteAsync(temporary);
        try
        {
            await using var file = await disk.OpenAsync(temporary, OpenMode.CreateNew);
            await FillAsync(file, new SegmentHeader(number, bytes));
        }
        catch (DiskFullException)
        {
            await disk.DeleteAsync(temporary); // What little it took is given back.
            throw;
        }

        await disk.RenameAsync(temporary, path);
        await disk.SyncDirectoryAsync(options.Directory);
        return new LogSegment(number, bytes, await disk.OpenAsync(path, OpenMode.Existing));
    }

    private static async ValueTask FillAsync(IFile file, SegmentHeader header)
    {
        await file.SetLengthAsync(header.Bytes);
        var bytes = (int)Math.Min(ChunkBytes, header.Bytes);
        var rented = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            var chunk = rented.AsMemory(0, bytes);
            chunk.Span.Clear();
            header.Write(chunk.Span[..LogFormat.BlockBytes]);
            for (long offset = 0; offset < header.Bytes; offset += bytes)
            {
                // One sync a chunk: commits on the same device never stand behind a whole segment's zeros.
                await file.WriteAndSyncAsync(offset, chunk[..(int)Math.Min(bytes, header.Bytes - offset)]);
                if (offset == 0)
                    chunk.Span[..LogFormat.BlockBytes].Clear();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
