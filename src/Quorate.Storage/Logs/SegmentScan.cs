using Quorate.Kernel.Encoding;
using Quorate.Kernel.Machines;

namespace Quorate.Storage.Logs;

/// <summary>
/// Reads the batches of one segment and judges what lies behind the last good one. Since a batch is written only when the one before
/// it is durable, at most one batch of a log can be torn, and whatever is found behind a damaged batch proves that the damaged batch
/// was durable once.
/// </summary>
internal sealed class SegmentScan(LogSegment segment, Action<LogPosition, ReadOnlyMemory<byte>> replay)
{
    private readonly string path = segment.File.Path;

    public LogSegment Segment => segment;

    /// <summary>Where the next batch would begin.</summary>
    public long End { get; private set; } = LogFormat.BlockBytes;

    /// <summary>The last good batch, and where it begins.</summary>
    public (BatchHeader Header, long Offset)? Last { get; private set; }

    /// <summary>The bytes behind <see cref="End"/> up to here are a torn batch; equal to End when there is none.</summary>
    public long TornEnd { get; private set; }

    /// <summary>Whether anything was ever written behind the header.</summary>
    public bool IsBlank => Last is null && TornEnd == End;

    /// <summary>Reads everything.</summary>
    /// <param name="before">The last good batch of the segments before, if any.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask RunAsync(BatchHeader? before, CancellationToken cancellationToken)
    {
        using var reader = new SegmentReader(segment);
        var block = await reader.ReadAsync(0, LogFormat.BlockBytes, cancellationToken);
        SegmentHeader.Check(block.Span, path, segment.Number, segment.File.Length);
        var previous = before;
        while (await TryReadBatchAsync(reader, previous, cancellationToken) is { } header)
        {
            Last = (header, End);
            previous = header;
            End += header.PaddedBytes;
        }

        await JudgeRestAsync(reader, previous?.Sequence + 1 ?? (segment.Number == 1 ? 1 : null), cancellationToken);
    }

    private async ValueTask<BatchHeader?> TryReadBatchAsync(
        SegmentReader reader, BatchHeader? previous, CancellationToken cancellationToken)
    {
        if (End >= segment.Bytes)
            return null;
        var head = await reader.ReadAsync(End, BatchHeader.Length, cancellationToken);
        if (!BatchHeader.TryRead(head.Span, out var header))
            return null;
        CheckPlace(header, previous);
        var bytes = await reader.ReadAsync(End, BatchHeader.Length + header.PayloadBytes, cancellationToken);
        var payload = bytes[BatchHeader.Length..];
        if (Crc32C.Of(payload.Span) != header.PayloadCrc)
            return null;
        Replay(header, payload);
        return header;
    }

    /// <summary>A header whose checksum is right was written by us: what it says must fit, or the file is not what we wrote.</summary>
    private void CheckPlace(BatchHeader header, BatchHeader? previous)
    {
        if (header.Segment != segment.Number)
            throw new CorruptFileException(path, End, $"a batch of segment {header.Segment} lies here");
        if (End + header.PaddedBytes > segment.Bytes)
            throw new CorruptFileException(path, End, $"a batch of {header.PayloadBytes} bytes does not fit");
        var expected = previous is { } last ? last.Sequence + 1 : segment.Number == 1 ? 1 : header.Sequence;
        if (header.Sequence != expected)
            throw new CorruptFileException(path, End, $"batch {expected} is missing, batch {header.Sequence} lies here");
        if (previous is { } chain && header.PreviousCrc != chain.Crc)
            throw new CorruptFileException(path, End, $"batch {header.Sequence} does not follow the batch before it");
    }

    private void Replay(BatchHeader header, ReadOnlyMemory<byte> payload)
    {
        var batch = End;
        LogBatch.Split(
            payload, header.Records, path, batch,
            (place, record) => replay(new LogPosition(segment.Number, place) { Batch = batch }, record));
    }

    /// <summary>Nothing but zeros: a clean end. Anything else is one torn batch, or proof of corruption.</summary>
    private async ValueTask JudgeRestAsync(SegmentReader reader, long? expected, CancellationToken cancellationToken)
    {
        TornEnd = End;
        long tornExtent = segment.Bytes;
        for (var offset = End; offset < segment.Bytes; offset += LogFormat.BlockBytes)
        {
            var block = await reader.ReadAsync(offset, LogFormat.BlockBytes, cancellationToken);
            if (block.Span.IndexOfAnyExcept((byte)0) < 0)
                continue;
            TornEnd = offset + LogFormat.BlockBytes;
            if (offset >= tornExtent)
                throw new CorruptFileException(
                    path, End, $"the batch fails its checksum, and something was written behind it, at {offset}");
            if (tornExtent < segment.Bytes || !BatchHeader.TryRead(block.Span, out var header))
                continue; // Within the torn batch's own records there is no header.
            if (offset == End)
                tornExtent = End + header.PaddedBytes;
            else if (ProvesDurable(header, offset, expected))
                throw new CorruptFileException(
                    path, End, $"the batch fails its check, and batch {header.Sequence} behind it, at {offset}, does not");
        }
    }

    /// <summary>
    /// A batch of this segment with a number that can lie here. The numbers keep a record that happens to hold a copy of some batch from
    /// being taken for one.
    /// </summary>
    private bool ProvesDurable(BatchHeader header, long offset, long? expected)
    {
        if (header.Segment != segment.Number)
            return false;
        var blocks = (offset - End) / LogFormat.BlockBytes;
        return expected is not { } first || (header.Sequence > first && header.Sequence <= first + blocks);
    }
}
