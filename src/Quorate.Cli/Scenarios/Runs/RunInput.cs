using Quorate.Simulation.Schedules;
using Quorate.Simulation.Tracing;

namespace Quorate.Cli.Scenarios.Runs;

/// <summary>What a run of a scenario depends on: a seed, and where one is replayed, a schedule.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Replay">The schedule to replay, or null where the seed decides.</param>
/// <param name="Record">Records the run for drawing it; null for no record. It changes nothing in the run.</param>
/// <param name="Stop">Ends the run early, with an <see cref="OperationCanceledException"/>.</param>
internal readonly record struct RunInput(
    ulong Seed, Schedule? Replay = null, RecordOptions? Record = null, CancellationToken Stop = default)
{
    public static implicit operator RunInput(ulong seed) => new(seed);

    public static implicit operator ulong(RunInput input) => input.Seed;
}
