using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Cli.Scenarios.Violations;
using Quorate.Simulation;
using Quorate.Simulation.Networks;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Scenarios;

/// <summary>
/// An idle cluster of which one node at a time loses links: a leader that leads a majority is not deposed, and one that does not gives up.
/// </summary>
internal sealed class RaftCalm : IScenario
{
    private static readonly TimeSpan TimeMax = TimeSpan.FromMinutes(5);

    public string Name => "raft-calm";

    public string Description => "one of 3 or 5 idle nodes loses links: the leader of a majority stays, and one that hears nobody gives up";

    public SeedResult Run(RunInput seed)
    {
        var machines = 3 + 2 * SeededRandom.For(seed, "shape").Next(2);
        var options = new ClusterOptions
        {
            Machines = machines,
            Voters = machines,
            CompleteSince = 3,
            World = new WorldOptions { Network = new NetworkOptions { RetransmitAfter = Disturbances.RetransmitAfter } },
        };
        return SeedRun.Execute(Name, seed, options, cluster =>
        {
            var disturbances = new Disturbances(cluster);
            disturbances.Begin();
            if (!cluster.World.RunUntil(() => disturbances.HasEnded, TimeMax))
                throw new ViolationException($"the cluster was not done with its disturbances within {TimeMax.TotalMinutes} minutes");
            return disturbances.Violation is { } violation ? throw violation : null;
        });
    }
}
