using Quorate.Checking.Histories;
using Quorate.Checking.Linearizability;
using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Violations;
using Quorate.Simulation.Execution;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Schedules;

namespace Quorate.Cli.Scenarios.Runs;

/// <summary>Runs the parts of a scenario in their order and gathers what came of them.</summary>
internal static class SeedRun
{
    /// <summary>Runs a workload on a fresh cluster.</summary>
    /// <param name="scenario">The scenario's name.</param>
    /// <param name="seed">The seed, and the schedule where one is replayed.</param>
    /// <param name="options">The cluster.</param>
    /// <param name="drive">
    /// Sets up, runs and checks. It throws <see cref="ViolationException"/> where something is broken and returns why it could not
    /// decide, or null.
    /// </param>
    public static SeedResult Execute(string scenario, RunInput seed, ClusterOptions options, Func<SimulatedCluster, string?> drive)
    {
        var recorded = options with { World = options.World with { Record = seed.Record, Stop = seed.Stop } };
        using var cluster = new SimulatedCluster(seed, Fit(recorded, seed.Replay));
        string? violation = null;
        string? undecided = null;
        Witness? witness = null;
        try
        {
            undecided = drive(cluster);
        }
        catch (Exception e) when (e is ViolationException or SimulationFailedException)
        {
            // Where a bug threw matters; where a check found it does not.
            witness = (e as ViolationException)?.Witness;
            violation = e.InnerException is { } cause and not ViolationException ? $"{e.Message}\n{cause}" : e.Message;
        }
        return new SeedResult(
            seed,
            violation,
            undecided,
            cluster.World.Now,
            cluster.World.Events,
            cluster.World.TraceHash,
            cluster.Metrics.Counts,
            cluster.History?.ToEvents() ?? Array.Empty<HistoryEvent>(),
            cluster.World.ToSchedule(scenario),
            cluster.Nodes.Count,
            cluster.World.Reached,
            cluster.World.Record is { } record ? new RunFilm(record, cluster.World.Machines, cluster.HistoryBegan, witness) : null);
    }

    private static ClusterOptions Fit(ClusterOptions options, Schedule? replay) => replay is null ? options : options with
    {
        World = replay.Version >= options.CompleteSince
            ? options.World with { Replay = replay }
            : options.World with { Replay = WithoutStrikes(replay), StrikesInReplay = true },
        Machines = Math.Min(options.Machines, replay.Machines ?? options.Machines),
        Voters = Math.Min(options.Voters, replay.Machines ?? options.Voters),
    };

    // The scenario strikes anew; no nemesis draws what these are.
    private static Schedule WithoutStrikes(Schedule replay) =>
        replay with { Faults = [.. replay.Faults.Where(f => f.Kind != FaultKind.CutWays)] };
}
