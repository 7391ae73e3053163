namespace Quorate.Services.Coordination.Leases;

/// <summary>The settings of a lessor.</summary>
internal sealed record LessorOptions
{
    /// <summary>How often it looks for leases that have run out.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The most leases that it ends in one go; the rest wait for the next.</summary>
    public int ExpiriesMax { get; init; } = 500;

    /// <summary>How long it waits before it tries again to end a lease, or to take the deadlines over.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(3);
}
