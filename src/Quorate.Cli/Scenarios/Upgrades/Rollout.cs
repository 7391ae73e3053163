using Quorate.Cli.Scenarios.Clusters;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Scenarios.Upgrades;

/// <summary>
/// Operators who replace the release of one node after the other, sometimes the older one again, and leave one node for the second half of the
/// time. Each step is a fault of the run's schedule; in a replay this does nothing.
/// </summary>
internal sealed class Rollout(SimulatedCluster cluster, TimeSpan lastNodeAfter)
{
    private const double BackPart = 0.2;
    private static readonly TimeSpan PauseMin = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan DownMin = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan DownMax = TimeSpan.FromSeconds(3);
    private readonly SeededRandom random = SeededRandom.For(cluster.World.Seed, "rollout");
    private bool ended;

    /// <summary>Begins.</summary>
    public void Begin() => cluster.World.After(Pause(), Step);

    /// <summary>Replaces nothing more.</summary>
    public void End() => ended = true;

    private TimeSpan Pause() => random.NextTimeSpan(PauseMin, PauseMax);

    private void Step()
    {
        if (ended)
            return;
        var version = random.Chance(BackPart) ? Releases.Old : Releases.New;
        var choice = cluster.Nodes.Where(MayBeReplaced).Where(node => node.Machine.Version != version).ToArray();
        if (choice.Length > 0)
            Strike(choice[random.Next(choice.Length)], version);
        cluster.World.After(Pause(), Step);
    }

    private bool MayBeReplaced(SimulatedNode node) => node != cluster.Nodes[^1] || cluster.World.Now > lastNodeAfter;

    private void Strike(SimulatedNode node, int version)
    {
        var step = new FaultAction(FaultKind.Upgrade, cluster.World.Now, random.NextTimeSpan(DownMin, DownMax))
        {
            Targets = [node.Name],
            Amount = version,
        };
        if (cluster.World.Strike(step))
            cluster.Metrics.Add(version == Releases.New ? "nodes upgraded" : "nodes taken back");
    }
}
