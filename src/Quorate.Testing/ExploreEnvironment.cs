using System.Globalization;
using Quorate.Simulation.Schedules;

namespace Quorate.Testing;

/// <summary>What the environment says about explorations; it goes before what the test says.</summary>
/// <param name="Seeds">The seeds to run, or null.</param>
/// <param name="TimeMax">How much real time may pass, or null.</param>
/// <param name="Output">Where files go, or null.</param>
/// <param name="Schedule">The schedule to replay, or null.</param>
internal sealed record ExploreEnvironment((ulong First, ulong Last)? Seeds, TimeSpan? TimeMax, string? Output, Schedule? Schedule)
{
    public static ExploreEnvironment Read() => Read(Environment.GetEnvironmentVariable);

    public static ExploreEnvironment Read(Func<string, string?> variable)
    {
        var file = Text("QUORATE_SCHEDULE");
        return new ExploreEnvironment(
            Text("QUORATE_SEEDS") is { } seeds ? ParseSeeds(seeds) : null,
            Text("QUORATE_SECONDS") is { } seconds ? TimeSpan.FromSeconds(ParseWhole("QUORATE_SECONDS", seconds)) : null,
            Text("QUORATE_OUTPUT"),
            file is null ? null : ScheduleReader.Parse(File.ReadAllText(file)));

        string? Text(string name) => variable(name) is { Length: > 0 } text ? text : null;
    }

    private static (ulong, ulong) ParseSeeds(string text)
    {
        var parts = text.Split("..");
        var first = ParseWhole("QUORATE_SEEDS", parts[0]);
        var last = parts.Length == 1 ? first : ParseWhole("QUORATE_SEEDS", parts[^1]);
        return parts.Length <= 2 && first <= last ? (first, last) : throw new FormatException($"QUORATE_SEEDS is A..B or N, not '{text}'.");
    }

    private static ulong ParseWhole(string name, string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new FormatException($"{name} has '{text}' where a whole number is expected.");
}
