using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Cli.Scenarios.Workloads;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Scenarios;

/// <summary>Reads that rest on the leader's lease, while clocks drift as far as they may and the leader loses its followers: never stale.</summary>
internal sealed class RaftLeaseReads : IScenario
{
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(25);

    public string Name => "raft-lease-reads";

    public string Description => "lease reads at leaders that are cut off, with clocks that drift as far as allowed: no read is stale";

    public SeedResult Run(RunInput seed)
    {
        var machines = 3 + 2 * SeededRandom.For(seed, "shape").Next(2);
        var options = new ClusterOptions
        {
            Machines = machines,
            Voters = machines,
            CompleteSince = 3,
            Tune = o => o with { Raft = o.Raft with { LeaseReads = true } },
        };
        return SeedRun.Execute(Name, seed, options, cluster =>
        {
            var hunt = new LeaseHunt(cluster);
            var reads = new FreshReads(cluster, hunt);
            cluster.AddClient(reads.WriteAsync);
            cluster.AddClient(reads.ReadAsync);
            hunt.Begin();
            cluster.StartClients();
            cluster.RunUnder(FaultPlan.None, Time, hunt.End);
            ReplicaCheck.Agree(cluster);
            return null;
        });
    }
}
