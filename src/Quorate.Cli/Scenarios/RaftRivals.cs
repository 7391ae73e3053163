using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Cli.Scenarios.Workloads;
using Quorate.Simulation;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Networks;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Scenarios;

/// <summary>
/// Elections without end, on slow disks and with answers that come late: what Raft promises of its logs holds at every moment.
/// </summary>
internal sealed class RaftRivals : IScenario
{
    private const int Clients = 2;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(20);

    public string Name => "raft-rivals";

    public string Description => "two of 3 or 5 nodes lead by turns or stand at once: figure 3 of the paper at every moment, linearizable";

    public SeedResult Run(RunInput seed)
    {
        var random = SeededRandom.For(seed, "shape");
        var machines = 3 + 2 * random.Next(2);
        var entriesMax = random.Chance(0.5) ? 1 : 64;
        var options = new ClusterOptions
        {
            Machines = machines,
            Voters = machines,
            World = new WorldOptions { Network = new NetworkOptions { RetransmitAfter = TimeSpan.FromMilliseconds(2) } },
            CompleteSince = 2,
            // Elections are short, so that there are many; and each entry that travels alone is one more moment to be struck.
            Tune = o => o with
            {
                Raft = o.Raft with
                {
                    ElectionTimeout = TimeSpan.FromMilliseconds(240),
                    HeartbeatInterval = TimeSpan.FromMilliseconds(40),
                    AppendEntriesMax = entriesMax,
                },
            },
        };
        return SeedRun.Execute(Name, seed, options, cluster =>
        {
            for (var i = 0; i < Clients; i++)
                cluster.AddClient(new KeyValueClient(cluster, i).RunAsync);
            cluster.AddClient(new Pusher(cluster).RunAsync);
            var rivals = new Rivals(cluster);
            rivals.Begin();
            cluster.StartClients();
            cluster.RunUnder(FaultPlan.None, Time, rivals.End);
            ReplicaCheck.Agree(cluster);
            cluster.Metrics.Add("terms", cluster.Nodes.Max(n => n.Host!.Inspect(SimulatedNode.Group).Term));
            return HistoryCheck.Linearizable(cluster.History!);
        });
    }
}
