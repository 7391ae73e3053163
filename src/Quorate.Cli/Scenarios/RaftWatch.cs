using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Cli.Scenarios.Violations;
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
                    await SetTargetsAsync(new ClientCalls(cluster, machine), watchers);
            });
        foreach (var watcher in watchers)
            cluster.AddClient(watcher.RunAsync);
        cluster.StartClients();
        cluster.RunUnder(FaultPlan.All, Time);
        Check(writers, watchers);
        return null;
    });

    /// <summary>
    /// Makes one last write and has the watchers wait for it. It is behind all that was acknowledged, but a write whose end is unknown may
    /// still come after it, and then a watcher may end before or after it was told of that one.
    /// </summary>
    private static async Task SetTargetsAsync(ClientCalls calls, Watcher[] watchers)
    {
        while (true)
        {
            var last = await calls.CallAsync(s => s.PutAsync(new("last"u8.ToArray(), default)));
            if (last.Response is { } response)
            {
                foreach (var watcher in watchers)
                    watcher.Target = response.Header.Revision;
                return;
            }
            await calls.ThinkAsync(TimeSpan.FromSeconds(1));
        }
    }

    private static void Check(Writer[] writers, Watcher[] watchers)
    {
        var truth = watchers.MaxBy(w => w.Log.Revision)!.Log;
        foreach (var watcher in watchers)
            watcher.Log.Compare(truth, watcher.Target);
        var told = truth.Events.ToHashSet();
        foreach (var writer in writers)
            foreach (var write in writer.Acknowledged)
                if (!told.Contains(write))
                    throw new ViolationException(
                        $"'{write.Event}' was acknowledged at revision {write.Revision}, but no watcher was told of it");
    }
}
