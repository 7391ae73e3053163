using System.Buffers;
using Quorate.Kernel.Encoding;
using Quorate.Kernel.Machines;

namespace Quorate.Storage.Logs;

/// <summary>Reads durable records again, while the log goes on being written. It has files of its own, and lives on the log's
/// strand.</summary>
/// <remarks>
/// Guarantee: records come as they were appended, in order; each batch is checked whole.
/// Cost: one read for about 256 KiB of the log, or for one batch where that is larger.
/// Fails when: the segment was trimmed meanwhile, or what lies there is damaged: <see cref="IOException"/>.
/// Source: docs/formats.md.
/// </remarks>
public sealed class LogReader : IAsyncDisposable
{
    private const int WindowBytes = 256 << 10;

    private readonly WriteAheadLog log;
    private readonly IDisk disk;
    private readonly string directory;
    private long segment;
    private IFile? file;

    internal LogReader(WriteAheadLog log, IDisk disk, string directory) => (this.log, this.disk, this.directory) = (log, disk, directory);

    /// <summary>Reads the batch that a position lies in, and as many behind it as one read gives.</summary>
    /// <param name="from">The position of a record, or what an earlier call returned.</param>
    /// <param name="take">Takes each record; the bytes are valid only during the call.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Where to go on; null when everything durable was read.</returns>
    /// <exception cref="CorruptFileException">There is no sound batch where one must be.</exception>
    /// <exception cref="FileNotFoundException">The segment was trimmed.</exception>
    public async ValueTask<LogPosition?> ReadAsync(
        LogPosition from, Action<ReadOnlyMemory<byte>> take, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(take);
        var durable = log.DurableEnd;
        if (from.Segment > durable.Segment || (from.Segment == durable.Segment && from.Batch >= durable.Offset))
            return null;
        var source = await OpenAsync(from.Segment, cancellationToken);
        var left = (from.Segment == durable.Segment ? durable.Offset : source.Length) - from.Batch;
        if (left > 0 && await TakeSomeAsync(source, from, left, take, cancellationToken) is > 0 and var taken)
            return At(from.Segment, from.Batch + taken);
        if (from.Segment == durable.Segment)
            throw new CorruptFileException(source.Path, from.Batch, "a batch that was durable is not there");
        return At(from.Segment + 1, LogFormat.BlockBytes);
    }

    /// <summary>Closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        if (file is not null)
            await file.DisposeAsync();
        file = null;
    }

    private static LogPosition At(long segment, long batch) => new(segment, batch + BatchHeader.Length) { Batch = batch };

    /// <summary>Reads as much as holds the next batch, and takes the whole batches that it has read.</summary>
    /// <returns>Their bytes; 0 where there is none.</returns>
    private async ValueTask<long> TakeSomeAsync(
        IFile source, LogPosition from, long left, Action<ReadOnlyMemory<byte>> take, CancellationToken cancellationToken)
    {
        for (var wanted = Math.Min(WindowBytes, left); ;)
        {
            // Rented, since a node may have a reader for each follower, and few of them read at a time.
            var window = ArrayPool<byte>.Shared.Rent((int)wanted);
            try
            {
                var read = await source.ReadAsync(from.Batch, window.AsMemory(0, (int)wanted), cancellationToken);
                var taken = TakeBatches(from, window.AsMemory(0, read), take, out var needed);
                if (taken > 0 || needed <= wanted || needed > left)
                    return taken;
                wanted = needed;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(window);
            }
        }
    }

    /// <summary>Takes whole batches off the front.</summary>
    /// <returns>Their bytes; 0 where the first is not whole, or there is none.</returns>
    private int TakeBatches(LogPosition from, ReadOnlyMemory<byte> bytes, Action<ReadOnlyMemory<byte>> take, out long needed)
    {
        var taken = 0;
        needed = 0;
        while (BatchHeader.TryRead(bytes.Span[taken..], out var header) && header.Segment == from.Segment)
        {
            needed = header.PaddedBytes;
            if (needed > bytes.Length - taken)
                break;
            var payload = bytes.Slice(taken + BatchHeader.Length, header.PayloadBytes);
            var offset = from.Batch + taken;
            if (Crc32C.Of(payload.Span) != header.PayloadCrc)
                throw new CorruptFileException(file!.Path, offset, "a batch that was durable fails its check");
            LogBatch.Split(payload, header.Records, file!.Path, offset, (_, record) => take(record));
            taken += (int)header.PaddedBytes;
        }

        return taken;
    }

    private async ValueTask<IFile> OpenAsync(long number, CancellationToken cancellationToken)
    {
        if (file is not null && segment == number)
            return file;
        await DisposeAsync();
        file = await disk.OpenAsync(
            Folders.DurableDirectory.PathOf(directory, LogFormat.SegmentName(number)), OpenMode.Existing, cancellationToken);
        segment = number;
        return file;
    }
}
