using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Cli.Scenarios.Workloads;
using Quorate.Simulation.Faults;

namespace Quorate.Cli.Scenarios;

/// <summary>Watchers that move from node to node see every event once, in order, and the same as everyone else.</summary>
internal sealed class RaftWatch : IScenario
{
    private const int Writers = 3;
    private const int Watchers = 4;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(30);

    public string Name => "raft-watch";

    public string Description => "watches that move between nodes under all faults: no event lost, doubled or out of order";

    public SeedResult Run(RunInput seed) => SeedRun.Execute(Name, seed, new ClusterOptions(), cluster =>
    {
        var writers = Enumerable.Range(0, Writers).Select(i => new Writer(cluster, i)).ToArray();
        var watchers = Enumerable.Range(0, Watchers).Select(i => new Watcher(cluster, $"watcher {i}")).ToArray();
        var writing = Writers;
        foreach (var writer in writers)
            cluster.AddClient(async machine =>
            {
                await writer.RunAsync(machine);
                if (--writing == 0)
                    await LastWrite.MakeAsync(new ClientCalls(cluster, machine), watchers);
            });
        foreach (var watcher in watchers)
            cluster.AddClient(watcher.RunAsync);
        cluster.StartClients();
        cluster.RunUnder(FaultPlan.All, Time);
        LastWrite.Compare(writers, watchers);
        return null;
    });
}
