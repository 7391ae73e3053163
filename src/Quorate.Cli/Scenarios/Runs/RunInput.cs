using Quorate.Simulation.Schedules;

namespace Quorate.Cli.Scenarios.Runs;

/// <summary>What a run of a scenario depends on: a seed, and where one is replayed, a schedule.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Replay">The schedule to replay, or null where the seed decides.</param>
internal readonly record struct RunInput(ulong Seed, Schedule? Replay = null)
{
    public static implicit operator RunInput(ulong seed) => new(seed);

    public static implicit operator ulong(RunInput input) => input.Seed;
}
