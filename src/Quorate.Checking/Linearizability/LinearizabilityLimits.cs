namespace Quorate.Checking.Linearizability;

/// <summary>Bounds on a check. Past any of them the verdict is <see cref="VerdictKind.Unknown"/> and says which.</summary>
public sealed record LinearizabilityLimits
{
    /// <summary>The bounds that hold when none are given.</summary>
    public static LinearizabilityLimits Default { get; } = new();

    /// <summary>The most steps of the search, over all partitions. Default 500 million.</summary>
    public long StepsMax { get; init; } = 500_000_000;

    /// <summary>The most bytes of memoised configurations at a time. Default 1 GiB.</summary>
    public long MemoryBytesMax { get; init; } = 1L << 30;

    /// <summary>The longest time; needs a clock. Default none.</summary>
    public TimeSpan? TimeMax { get; init; }

    /// <summary>What measures the time; null for no bound on it.</summary>
    public TimeProvider? Clock { get; init; }
}
