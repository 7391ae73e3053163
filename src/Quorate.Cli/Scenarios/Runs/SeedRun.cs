using Quorate.Checking.Histories;
using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Violations;
using Quorate.Simulation.Execution;

namespace Quorate.Cli.Scenarios.Runs;

/// <summary>Runs the parts of a scenario in their order and gathers what came of them.</summary>
internal static class SeedRun
{
    /// <summary>Runs a workload on a fresh cluster.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="options">The cluster.</param>
    /// <param name="drive">
    /// Sets up, runs and checks. It throws <see cref="ViolationException"/> where something is broken and returns why it could not
    /// decide, or null.
    /// </param>
    public static SeedResult Execute(ulong seed, ClusterOptions options, Func<SimulatedCluster, string?> drive)
    {
        using var cluster = new SimulatedCluster(seed, options);
        string? violation = null;
        string? undecided = null;
        try
        {
            undecided = drive(cluster);
        }
        catch (Exception e) when (e is ViolationException or SimulationFailedException)
        {
            // Where a bug threw matters; where a check found it does not.
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
            cluster.History?.ToEvents() ?? Array.Empty<HistoryEvent>());
    }
}
