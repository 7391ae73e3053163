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
    public static FaultPlan NetworkAndCrashes { get; } = new() { Kinds = NetworkKinds | ClockKinds | ProcessKinds | FaultKind.SlowDisk };

    /// <summary>Everything misbehaves that a protocol with durable state must survive: all but damage and treason.</summary>
    public static FaultPlan All { get; } = new() { Kinds = NetworkKinds | ClockKinds | ProcessKinds | DiskKinds };

    /// <summary>As <see cref="All"/>, and what is durable is damaged too, on a minority of the disks.</summary>
    public static FaultPlan Damage { get; } = new() { Kinds = All.Kinds | FaultKind.BitRot | FaultKind.MisdirectedWrites };

    private const FaultKind NetworkKinds = FaultKind.Partition | FaultKind.OneWayPartition | FaultKind.PartialPartition | FaultKind.Clog
        | FaultKind.Reset | FaultKind.Loss | FaultKind.Duplication | FaultKind.Reordering | FaultKind.BridgedPartition
        | FaultKind.MajorityRing | FaultKind.SwizzleClog | FaultKind.Corruption | FaultKind.HalfOpen | FaultKind.Bandwidth
        | FaultKind.LatencySpike;

    private const FaultKind ProcessKinds = FaultKind.Crash | FaultKind.Pause | FaultKind.CrashLoop | FaultKind.CleanStop
        | FaultKind.Upgrade;

    private const FaultKind ClockKinds = FaultKind.ClockSkew | FaultKind.ClockDrift | FaultKind.ClockJump | FaultKind.ClockStrobe;

    private const FaultKind DiskKinds = FaultKind.SlowDisk | FaultKind.FullDisk | FaultKind.DiskErrors | FaultKind.FailedSyncs
        | FaultKind.LostNames | FaultKind.ReadErrors | FaultKind.WriteErrors;

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

    /// <summary>
    /// How many disks may have lost or changed what they had synced, of so many servers; the default, a minority, is what replicas that
    /// repair each other survive.
    /// </summary>
    public Func<int, int> DamagedMax { get; init; } = static servers => (servers - 1) / 2;

    /// <summary>How many servers may be traitors, of so many; the default, less than a third, is what Byzantine agreement survives.</summary>
    public Func<int, int> TraitorsMax { get; init; } = static servers => (servers - 1) / 3;

    /// <summary>Whether what crashed boots again; where not (crash-stop), not even the world's healing boots it. Default true.</summary>
    public bool Restarts { get; init; } = true;

    /// <summary>The last version of the code that <see cref="FaultKind.Upgrade"/> boots, from 1. Default 1: there is no other.</summary>
    public int VersionMax { get; init; } = 1;

    /// <summary>The largest jump or skew of a wall clock. Default 1 hour.</summary>
    public TimeSpan ClockJumpMax { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The longest time that a spike adds to each message. Default 2 s.</summary>
    public TimeSpan LatencySpikeMax { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The largest drift of a clock's rate, as a part of it. Default 0.05.</summary>
    public double ClockDriftMax { get; init; } = 0.05;
}
