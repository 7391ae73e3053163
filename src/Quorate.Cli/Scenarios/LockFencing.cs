using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Cli.Scenarios.Workloads;
using Quorate.Simulation.Faults;

namespace Quorate.Cli.Scenarios;

/// <summary>Holders of a lock that stand still for longer than it lasts: what the lock guards is written by one after the other.</summary>
internal sealed class LockFencing : IScenario
{
    private const int Holders = 4;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(40);

    public string Name => "lock-fencing";

    public string Description => "holders of a lock that stand still, under all faults: nobody writes after a later holder did";

    public SeedResult Run(RunInput seed) => SeedRun.Execute(Name, seed, new ClusterOptions(), cluster =>
    {
        var guarded = new GuardedStore();
        for (var i = 1; i <= Holders; i++)
            cluster.AddClient(new LockHolder(cluster, guarded, i).RunAsync);
        cluster.StartClients();
        cluster.RunUnder(FaultPlan.All, Time);
        cluster.Metrics.Add("guarded writes", guarded.Taken);
        cluster.Metrics.Add("guarded writes refused", guarded.Refused);
        guarded.Check();
        return null;
    });
}
