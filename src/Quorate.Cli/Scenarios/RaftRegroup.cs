using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Cli.Scenarios.Workloads;
using Quorate.Simulation.Faults;

namespace Quorate.Cli.Scenarios;

/// <summary>Two leaders, one after the other, change the voters while each hears only a part of the others: nothing committed is lost.</summary>
internal sealed class RaftRegroup : IScenario
{
    private const int Clients = 2;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(25);

    public string Name => "raft-regroup";

    public string Description => "two leaders by turns change the voters, each cut off from some: figure 3 of the paper, linearizable";

    public SeedResult Run(RunInput seed)
    {
        var options = new ClusterOptions
        {
            Machines = 5,
            Voters = 4,
            CompleteSince = 3,
            Tune = o => o with
            {
                Raft = o.Raft with { ElectionTimeout = TimeSpan.FromMilliseconds(240), HeartbeatInterval = TimeSpan.FromMilliseconds(40) },
            },
        };
        return SeedRun.Execute(Name, seed, options, cluster =>
        {
            for (var i = 0; i < Clients; i++)
                cluster.AddClient(new KeyValueClient(cluster, i).RunAsync);
            var regrouping = new Regrouping(cluster);
            regrouping.Begin();
            cluster.StartClients();
            cluster.RunUnder(FaultPlan.None, Time, regrouping.End);
            return HistoryCheck.Linearizable(cluster.History!);
        });
    }
}
