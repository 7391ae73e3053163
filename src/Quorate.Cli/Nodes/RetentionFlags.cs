using System.Globalization;
using Quorate.Services.Coordination.Compaction;

namespace Quorate.Cli.Nodes;

/// <summary>How much history is kept, as etcd's flags say it.</summary>
/// <remarks>Source: etcd 3.4, embed/etcd.go, parseCompactionRetention.</remarks>
internal static class RetentionFlags
{
    /// <summary>The flag that says what is counted.</summary>
    public const string Mode = "--auto-compaction-mode";

    /// <summary>The flag that says how much of it.</summary>
    public const string Retention = "--auto-compaction-retention";

    /// <summary>Reads the flags.</summary>
    /// <param name="mode"><c>periodic</c> or <c>revision</c>.</param>
    /// <param name="retention">A number of hours or a duration, or a number of revisions. 0 keeps everything.</param>
    /// <exception cref="UsageException">They cannot be understood.</exception>
    public static AutoCompaction? Read(string mode, string retention) => mode switch
    {
        "periodic" => Time(retention) is var time && time > TimeSpan.Zero ? new AutoCompaction.ByTime(time) : null,
        "revision" => Revisions(retention) is > 0 and var revisions ? new AutoCompaction.ByRevision(revisions) : null,
        _ => throw new UsageException($"{Mode} must be periodic or revision, not '{mode}'."),
    };

    private static long Revisions(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revisions)
            ? revisions : throw new UsageException($"{Retention} must be a number of revisions in this mode, not '{text}'.");

    private static TimeSpan Time(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var hours))
            return TimeSpan.FromHours(hours);
        return GoDuration.TryRead(text) ?? throw Wrong(text);
    }

    private static UsageException Wrong(string text) =>
        new($"{Retention} must be a number of hours, or a duration such as 30m or 1h30m, not '{text}'.");
}
