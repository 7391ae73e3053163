namespace Quorate.Simulation.Disks;

/// <summary>How a simulated disk behaves while no fault is injected.</summary>
public sealed record DiskOptions
{
    /// <summary>The shortest time of a read or a write. Default 20 microseconds.</summary>
    public TimeSpan AccessMin { get; init; } = TimeSpan.FromMicroseconds(20);

    /// <summary>The longest time of a read or a write. Default 100 microseconds.</summary>
    public TimeSpan AccessMax { get; init; } = TimeSpan.FromMicroseconds(100);

    /// <summary>The shortest time of a sync. Default 0.2 ms.</summary>
    public TimeSpan SyncMin { get; init; } = TimeSpan.FromMilliseconds(0.2);

    /// <summary>The longest time of a sync. Default 2 ms.</summary>
    public TimeSpan SyncMax { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>How many bytes the disk holds. Default 1 TiB; only what was written takes memory.</summary>
    public long CapacityBytes { get; init; } = 1L << 40;
}
