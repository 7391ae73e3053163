using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Cli.Scenarios.Workloads;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Scenarios;

/// <summary>Clients read, write and transact on three to five nodes under every fault; what they see is linearizable.</summary>
internal sealed class RaftKv : IScenario
{
    private const string ScenarioName = "raft-kv";
    private const double LeaseReadsPart = 0.25;
    private const double HuntPart = 0.7;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(40);

    public string Name => ScenarioName;

    public string Description => "puts, gets, compare-and-sets and transactions on 3 to 5 nodes under all faults: linearizable";

    public SeedResult Run(RunInput seed) => Run(seed, null);

    /// <summary>As <see cref="Run(RunInput)"/>, with so many nodes; null draws them from the seed.</summary>
    internal static SeedResult Run(RunInput seed, int? nodes)
    {
        var random = SeededRandom.For(seed, "shape");
        var drawn = 3 + random.Next(3);
        var machines = nodes ?? drawn;
        var leaseReads = random.Chance(LeaseReadsPart);
        var options = new ClusterOptions
        {
            Machines = machines,
            Voters = machines,
            Tune = o => o with { Raft = o.Raft with { LeaseReads = leaseReads } },
        };
        return SeedRun.Execute(ScenarioName, seed, options, cluster =>
        {
            var clients = 3 + random.Next(4);
            for (var i = 0; i < clients; i++)
                cluster.AddClient(new KeyValueClient(cluster, i).RunAsync);
            var hunt = new LeaderHunt(cluster);
            if (random.Chance(HuntPart))
                hunt.Begin();
            cluster.StartClients();
            cluster.RunUnder(FaultPlan.All with { IntervalMax = TimeSpan.FromSeconds(1 << random.Next(4)) }, Time, hunt.End);
            ReplicaCheck.Agree(cluster);
            return HistoryCheck.Linearizable(cluster.History!);
        });
    }
}
