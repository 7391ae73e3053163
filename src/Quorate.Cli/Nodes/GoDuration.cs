using System.Globalization;
using System.Text.RegularExpressions;

namespace Quorate.Cli.Nodes;

/// <summary>Durations as etcd's flags have them.</summary>
/// <remarks>Source: Go's time.ParseDuration.</remarks>
internal static class GoDuration
{
    private static readonly Regex Part =
        new(@"\G(?<number>[0-9]{1,15}(\.[0-9]{1,9})?)(?<unit>ms|us|µs|ns|h|m|s)", RegexOptions.CultureInvariant);

    /// <summary>Reads the value of a flag; 0 needs no unit.</summary>
    /// <param name="flag">The flag.</param>
    /// <param name="text">Its value.</param>
    /// <exception cref="UsageException">It cannot be understood.</exception>
    public static TimeSpan Read(string flag, string text) => text == "0"
        ? TimeSpan.Zero
        : TryRead(text) ?? throw new UsageException($"{flag} must be a duration such as 30s or 1m30s, not '{text}'.");

    /// <summary>Reads a duration; null where the text is none.</summary>
    /// <param name="text">The text.</param>
    public static TimeSpan? TryRead(string text)
    {
        var parts = Part.Matches(text);
        if (parts.Count == 0 || parts.Sum(part => part.Length) != text.Length)
            return null;
        var ticks = parts.Sum(part =>
            decimal.Parse(part.Groups["number"].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture)
            * TicksOf(part.Groups["unit"].Value));
        return ticks <= TimeSpan.MaxValue.Ticks / 2 ? TimeSpan.FromTicks((long)ticks) : null;
    }

    private static decimal TicksOf(string unit) => unit switch
    {
        "h" => TimeSpan.TicksPerHour,
        "m" => TimeSpan.TicksPerMinute,
        "s" => TimeSpan.TicksPerSecond,
        "ms" => TimeSpan.TicksPerMillisecond,
        "us" or "µs" => TimeSpan.TicksPerMicrosecond,
        _ => TimeSpan.TicksPerMicrosecond / 1000m,
    };
}
