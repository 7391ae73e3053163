using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Cli.Scenarios.Workloads;
using Quorate.Simulation.Faults;

namespace Quorate.Cli.Scenarios;

/// <summary>
/// History is written, watched, compacted and read at old revisions: what any node says of the past is what the watchers were told.
/// </summary>
internal sealed class RaftHistory : IScenario
{
    private const int Each = 2;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(25);

    public string Name => "raft-history";

    public string Description => "old revisions are read while history is compacted, under all faults: the past is the same everywhere";

    public SeedResult Run(RunInput seed) => SeedRun.Execute(Name, seed, new ClusterOptions(), cluster =>
    {
        var writers = Make(i => new Writer(cluster, i));
        var watchers = Make(i => new Watcher(cluster, $"watcher {i}"));
        var compactor = new Compactor(cluster, () => watchers.Min(w => w.Log.Revision));
        var readers = Make(i => new OldRevisionReader(cluster, compactor, i));
        var owners = Make(i => new OwnKeys(cluster, i + 1));
        cluster.AddClient(async machine =>
        {
            await Task.WhenAll([.. writers.Select(w => w.RunAsync(machine)), .. owners.Select(o => o.RunAsync(machine))]);
            await LastWrite.MakeAsync(new ClientCalls(cluster, machine), watchers);
        });
        foreach (var watcher in watchers)
            cluster.AddClient(watcher.RunAsync);
        foreach (var reader in readers)
            cluster.AddClient(reader.RunAsync);
        cluster.AddClient(compactor.RunAsync);
        cluster.StartClients();
        cluster.RunUnder(FaultPlan.All, Time);
        var truth = LastWrite.Compare(writers, watchers);
        foreach (var reader in readers)
            reader.Check(truth);
        ReplicaCheck.Agree(cluster);
        return null;
    });

    private static T[] Make<T>(Func<int, T> one) => [.. Enumerable.Range(0, Each).Select(one)];
}
