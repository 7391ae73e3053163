using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Cli.Scenarios.Workloads;
using Quorate.Simulation.Faults;

namespace Quorate.Cli.Scenarios;

/// <summary>What one of three nodes has synced is damaged while another lags: nothing that was acknowledged is lost without a word.</summary>
internal sealed class RaftDamage : IScenario
{
    private const int Clients = 3;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(25);

    public string Name => "raft-damage";

    public string Description => "the log of one of 3 nodes is damaged while another lags: the node refuses it, and all stays linearizable";

    public SeedResult Run(RunInput seed) => SeedRun.Execute(Name, seed, new ClusterOptions { CompleteSince = 3 }, cluster =>
    {
        for (var i = 0; i < Clients; i++)
            cluster.AddClient(new KeyValueClient(cluster, i).RunAsync);
        var hunt = new DamageHunt(cluster);
        hunt.Begin();
        cluster.StartClients();
        cluster.RunUnder(FaultPlan.None, Time, hunt.End);
        return HistoryCheck.Linearizable(cluster.History!);
    });
}
