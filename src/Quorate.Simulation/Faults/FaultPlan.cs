namespace Quorate.Simulation.Faults;

/// <summary>Which faults a nemesis injects, how often and for how long.</summary>
/// <remarks>
/// Source of the swarm: Groce and others, "Swarm testing", ISSTA 2012: leaving kinds out at random finds more than all kinds at once.
/// </remarks>
public sealed record FaultPlan
{
    /// <summary>Nothing happens.</summary>
    public static FaultPlan None { get; } = new() { Kinds = FaultKind.None };

    /// <summary>Only the network misbehaves.</summary>
    public static FaultPlan Network { get; } = new() { Kinds = NetworkKinds };

    /// <summary>The network, processes and clocks misbehave; disks are slow at worst, and what they synced stays.</summary>
    public static FaultPlan NetworkAndCrashes { get; } =
        new() { Kinds = NetworkKinds | ClockKinds | FaultKind.Crash | FaultKind.Pause | FaultKind.SlowDisk };

    /// <summary>Everything misbehaves.</summary>
    public static FaultPlan All { get; } = new()
    {
        Kinds = NetworkKinds | ClockKinds | FaultKind.Crash | FaultKind.Pause
            | FaultKind.SlowDisk | FaultKind.FullDisk | FaultKind.DiskErrors | FaultKind.FailedSyncs,
    };

    private const FaultKind NetworkKinds = FaultKind.Partition | FaultKind.OneWayPartition | FaultKind.PartialPartition | FaultKind.Clog
        | FaultKind.Reset | FaultKind.Loss | FaultKind.Duplication | FaultKind.Reordering;

    private const FaultKind ClockKinds = FaultKind.ClockSkew | FaultKind.ClockDrift | FaultKind.ClockJump;

    /// <summary>The kinds to choose from.</summary>
    public FaultKind Kinds { get; init; }

    /// <summary>Whether each seed draws a subset of the kinds, instead of all of them. Default true.</summary>
    public bool Swarm { get; init; } = true;

    /// <summary>The shortest time between the beginnings of two faults. Default 0.2 s.</summary>
    public TimeSpan IntervalMin { get; init; } = TimeSpan.FromSeconds(0.2);

    /// <summary>The longest time between the beginnings of two faults. Default 8 s.</summary>
    public TimeSpan IntervalMax { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>The shortest time that a fault lasts. Default 50 ms.</summary>
    public TimeSpan DurationMin { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest time that a fault lasts. Default 12 s.</summary>
    public TimeSpan DurationMax { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>
    /// How many machines may be down or paused at once, or stop themselves because their disk fails or has failed since they booted;
    /// the default, <see cref="int.MaxValue"/>, is all.
    /// </summary>
    public int DownMax { get; init; } = int.MaxValue;

    /// <summary>The largest jump or skew of a wall clock. Default 1 hour.</summary>
    public TimeSpan ClockJumpMax { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The largest drift of a clock's rate, as a part of it. Default 0.05.</summary>
    public double ClockDriftMax { get; init; } = 0.05;
}
