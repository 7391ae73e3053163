using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Cli.Scenarios.Violations;
using Quorate.Cli.Scenarios.Workloads;
using Quorate.Services.Replication.Levels;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Scenarios.Upgrades;

/// <summary>
/// A cluster of the release before levels is upgraded node by node under every fault and load, nodes are taken back, and one is left behind
/// for half of the time; clients try what only the newer level has.
/// </summary>
internal sealed class RaftUpgrade : IScenario
{
    private const int Clients = 3;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(50);
    private static readonly TimeSpan RaiseMax = TimeSpan.FromSeconds(60);

    public string Name => "raft-upgrade";

    public string Description => "3 or 5 nodes are upgraded one by one, and back, under all faults: linearizable; the new is refused or done alike";

    public SeedResult Run(RunInput seed)
    {
        var random = SeededRandom.For(seed, "shape");
        var nodes = random.Chance(0.75) ? 3 : 5;
        var options = new ClusterOptions
        {
            Machines = nodes,
            Voters = nodes,
            Tune = host => host with { SnapshotEntries = 60 },
            TuneVersion = Releases.Tune,
        };
        return SeedRun.Execute(Name, seed, options, Drive);
    }

    private static string? Drive(SimulatedCluster cluster)
    {
        for (var i = 0; i < Clients; i++)
            cluster.AddClient(new KeyValueClient(cluster, i).RunAsync);
        cluster.AddClient(new NewcomerUsers(cluster).RunAsync);
        LevelWatch.Begin(cluster);
        var rollout = new Rollout(cluster, Time / 2);
        rollout.Begin();
        cluster.StartClients();
        cluster.World.Inject(FaultPlan.All with { IntervalMax = TimeSpan.FromSeconds(6) });
        cluster.World.Run(cluster.World.Horizon(Time));
        rollout.End();
        cluster.World.Heal();
        Finish(cluster);
        cluster.EndClients();
        ReplicaCheck.Agree(cluster);
        return HistoryCheck.Linearizable(cluster.History!);
    }

    /// <summary>Upgrades what is not yet, one node at a time, and waits for the level to be raised everywhere.</summary>
    private static void Finish(SimulatedCluster cluster)
    {
        foreach (var node in cluster.Nodes.Where(node => node.Machine.Version != Releases.New))
        {
            node.Machine.Version = Releases.New;
            node.Machine.Stop();
            cluster.World.RunUntil(() => !node.Machine.IsUp, RaiseMax);
            node.Machine.Start();
        }

        if (!cluster.World.RunUntil(() => cluster.Nodes.All(node => node.Store?.Level == FeatureLevel.Newest), RaiseMax))
            throw new ViolationException(
                $"{RaiseMax.TotalSeconds} s after all nodes were upgraded: "
                + string.Join(", ", cluster.Nodes.Select(node => $"{node.Name} at level {node.Store?.Level}")));
    }
}
