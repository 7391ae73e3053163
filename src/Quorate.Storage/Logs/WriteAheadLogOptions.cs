namespace Quorate.Storage.Logs;

/// <summary>How a write-ahead log is laid out and bounded.</summary>
public sealed record WriteAheadLogOptions
{
    /// <summary>The directory of the segments, relative to the data folder. Default: <c>wal</c>.</summary>
    public string Directory { get; init; } = "wal";

    /// <summary>
    /// The size of a segment in bytes, once the log has grown: the first segments are smaller and double. Default: 64 MiB; from 16 KiB
    /// to 1 GiB, a multiple of 4 KiB.
    /// </summary>
    public long SegmentBytes { get; init; } = 64L << 20;

    /// <summary>
    /// The most bytes that may be appended and not yet durable. A record that does not fit is refused by
    /// <see cref="WriteAheadLog.Append"/>. Default: 64 MiB; up to 1 GiB.
    /// </summary>
    public int BufferedBytesMax { get; init; } = 64 << 20;

    /// <summary>
    /// The most bytes of one record. Default: 3 MiB; at most 64 MiB, and never more than fits a segment (its size less 12 KiB).
    /// </summary>
    public int RecordBytesMax { get; init; } = 3 << 20;

    /// <summary>Told of branches that are rarely taken, for <see cref="Quorate.Kernel.Machines.ITelemetry.Sometimes"/>. Default: nobody.</summary>
    public Action<string> Sometimes { get; init; } = static _ => { };

    internal int EffectiveRecordBytesMax => (int)Math.Min(RecordBytesMax, SegmentBytes - (3 * LogFormat.BlockBytes));

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Directory);
        ArgumentOutOfRangeException.ThrowIfLessThan(SegmentBytes, 4 * LogFormat.BlockBytes, nameof(SegmentBytes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SegmentBytes, 1L << 30, nameof(SegmentBytes));
        ArgumentOutOfRangeException.ThrowIfNotEqual(SegmentBytes % LogFormat.BlockBytes, 0, nameof(SegmentBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(RecordBytesMax, 1, nameof(RecordBytesMax));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(RecordBytesMax, 64 << 20, nameof(RecordBytesMax));
        ArgumentOutOfRangeException.ThrowIfLessThan(BufferedBytesMax, EffectiveRecordBytesMax, nameof(BufferedBytesMax));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(BufferedBytesMax, 1 << 30, nameof(BufferedBytesMax));
    }

    /// <summary>
    /// The size of a segment of this number: a fresh log starts at 4 MiB and doubles, so that a small node does not fill a large file
    /// with zeros before its first commit.
    /// </summary>
    internal long BytesOf(long segment)
    {
        var smallest = LogFormat.Padded(Math.Max(4L << 20, EffectiveRecordBytesMax + (3L * LogFormat.BlockBytes)));
        var doublings = (int)Math.Clamp(segment - 1, 0, 16);
        return Math.Min(SegmentBytes, smallest << doublings);
    }
}
