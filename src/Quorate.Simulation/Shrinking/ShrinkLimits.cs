namespace Quorate.Simulation.Shrinking;

/// <summary>When a shrinker stops.</summary>
public sealed record ShrinkLimits
{
    /// <summary>The longest time, on the clock that it is given. Default 60 s.</summary>
    public TimeSpan TimeMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The most runs. Default 100,000.</summary>
    public int RunsMax { get; init; } = 100_000;

    /// <summary>Ends it early, with what it has.</summary>
    public CancellationToken Stop { get; init; }

    /// <summary>
    /// How many candidates are given out at once, to be run in parallel. The result does not depend on it, but for what
    /// <see cref="TimeMax"/> cuts off. Default 1.
    /// </summary>
    public int Batch { get; init; } = 1;

    /// <summary>
    /// How often at most a candidate is tried, each time with another <see cref="Schedules.Schedule.Chance"/>: with a part left out
    /// everything else comes at slightly other times, and what failed may just miss. Default 64; the
    /// smaller a candidate leaves the schedule, the more often it is tried.
    /// </summary>
    public int TriesMax { get; init; } = 64;
}
