namespace Quorate.Checking.Findings;

/// <summary>Bounds on a check. Past any of them the verdict is <see cref="CheckOutcome.Unknown"/> and says which.</summary>
public sealed record CheckLimits
{
    /// <summary>The bounds that hold when none are given.</summary>
    public static CheckLimits Default { get; } = new();

    /// <summary>The most steps of searches; what is linear in the history is not counted. Default 500 million.</summary>
    public long StepsMax { get; init; } = 500_000_000;

    /// <summary>The most bytes of search state at a time. Default 1 GiB.</summary>
    public long MemoryBytesMax { get; init; } = 1L << 30;

    /// <summary>The longest time; needs a clock. Default none.</summary>
    public TimeSpan? TimeMax { get; init; }

    /// <summary>What measures the time; null for no bound on it.</summary>
    public TimeProvider? Clock { get; init; }
}
