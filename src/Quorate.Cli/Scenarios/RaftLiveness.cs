using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Cli.Scenarios.Violations;
using Quorate.Cli.Scenarios.Workloads;
using Quorate.Kernel.Machines;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Scenarios;

/// <summary>After any faults, once a majority is up and hears itself, every node of it writes again within a bound.</summary>
internal sealed class RaftLiveness : IScenario
{
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(20);

    // Ten of the longest election timeouts (2 s): several split votes in a row, and a log to catch up with.
    private static readonly TimeSpan ProgressMax = TimeSpan.FromSeconds(20);

    public string Name => "raft-liveness";

    public string Description => "all faults, then heal to a majority: each of its nodes writes again within 20 s";

    public SeedResult Run(RunInput seed)
    {
        var machines = 3 + 2 * SeededRandom.For(seed, "shape").Next(2);
        return SeedRun.Execute(Name, seed, new ClusterOptions { Machines = machines, Voters = machines }, cluster =>
        {
            cluster.AddClient(new KeyValueClient(cluster, 0).RunAsync);
            var progress = new List<SimulatedNode>();
            cluster.StartClients();
            cluster.World.Inject(FaultPlan.All);
            cluster.World.Run(cluster.World.Horizon(Time));
            cluster.World.Heal();
            var majority = LoseMinority(cluster);
            var healed = cluster.World.Now;
            foreach (var node in majority)
                cluster.World.AddClient($"probe-{node.Name}", (machine, _) => ProbeAsync(cluster, machine, node, progress));
            if (!cluster.World.RunUntil(() => progress.Count == majority.Count, ProgressMax))
                throw new ViolationException(
                    $"{ProgressMax.TotalSeconds} s after a majority was healed, "
                    + $"{string.Join(", ", majority.Except(progress).Select(n => n.Name))} cannot write");
            cluster.Metrics.Add("progress ms", (long)(cluster.World.Now - healed).TotalMilliseconds);
            cluster.World.Heal();
            cluster.EndClients();
            return HistoryCheck.Linearizable(cluster.History!);
        });
    }

    /// <summary>Takes a minority away, by crash, pause or partition, and returns the rest.</summary>
    private static List<SimulatedNode> LoseMinority(SimulatedCluster cluster)
    {
        var lost = new List<SimulatedNode>();
        var nodes = cluster.Nodes.ToArray();
        cluster.Random.Shuffle(nodes);
        foreach (var node in nodes.Take(cluster.Random.Next((nodes.Length + 1) / 2)))
        {
            lost.Add(node);
            switch (cluster.Random.Next(3))
            {
                case 0:
                    node.Machine.Crash();
                    break;
                case 1:
                    node.Machine.Pause();
                    break;
                default:
                    Isolate(cluster, node, cluster.Random.Chance(0.5));
                    break;
            }
        }
        return cluster.Nodes.Except(lost).ToList();
    }

    private static void Isolate(SimulatedCluster cluster, SimulatedNode node, bool bothWays)
    {
        foreach (var other in cluster.Nodes.Where(n => n != node))
        {
            cluster.World.Network.Cut(other.Name, node.Name);
            if (bothWays)
                cluster.World.Network.Cut(node.Name, other.Name);
        }
    }

    private static async Task ProbeAsync(SimulatedCluster cluster, IMachine machine, SimulatedNode node, List<SimulatedNode> progress)
    {
        var calls = new ClientCalls(cluster, machine);
        while ((await calls.CallAsync(node, s => s.PutAsync(new("probe"u8.ToArray(), default)))).End != CallEnd.Ok)
            await calls.ThinkAsync(TimeSpan.FromMilliseconds(200));
        progress.Add(node);
    }
}
