namespace Quorate.Checking.Histories;

/// <summary>Bounds on what a reader takes. Past one of them the reader stops with a <see cref="HistoryFormatException"/> that names it.</summary>
public sealed record HistoryLimits
{
    /// <summary>The bounds that hold when none are given.</summary>
    public static HistoryLimits Default { get; } = new();

    /// <summary>The most characters of a file. Default 256 Mi.</summary>
    public int CharactersMax { get; init; } = 256 * 1024 * 1024;

    /// <summary>The most events of a history. Default 4 million.</summary>
    public int EventsMax { get; init; } = 4_000_000;

    /// <summary>How deep lists and maps may nest. Default 64.</summary>
    public int DepthMax { get; init; } = 64;
}
