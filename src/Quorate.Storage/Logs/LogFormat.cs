using System.Globalization;

namespace Quorate.Storage.Logs;

/// <summary>The numbers of the log's format, version 1. docs/formats.md freezes them.</summary>
internal static class LogFormat
{
    /// <summary>Batches begin at multiples of this: no write ever touches a block that holds an acknowledged byte.</summary>
    public const int BlockBytes = 4096;

    public const ushort Version = 1;

    /// <summary>A batch is closed when it holds this many bytes, so that one write stays bounded; one greater record still fits alone.</summary>
    public const int BatchBytesMax = 1 << 20;

    public const string SegmentSuffix = ".wal";
    public const string TemporarySuffix = ".tmp";

    public static long Padded(long bytes) => (bytes + BlockBytes - 1) & ~(BlockBytes - 1L);

    public static string SegmentName(long number) => number.ToString("d20", CultureInfo.InvariantCulture) + SegmentSuffix;

    public static bool TryParseSegmentName(string name, out long number)
    {
        number = 0;
        return name.Length == 20 + SegmentSuffix.Length
            && name.EndsWith(SegmentSuffix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, 20), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number > 0;
    }
}
