using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Cli.Scenarios.Workloads;
using Quorate.Services.Coordination.Values;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Scenarios;

/// <summary>
/// Nearly all values are on disk, where they rot: what clients see is linearizable, and what a revision held never changes.
/// </summary>
internal sealed class RaftValues : IScenario
{
    private const int Clients = 4;
    private const int ValueLength = 300;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(30);

    public string Name => "raft-values";

    public string Description => "values on disks that rot, old revisions and compaction on 3 nodes: linearizable, the past stays as it was";

    public SeedResult Run(RunInput seed)
    {
        var random = SeededRandom.For(seed, "shape");
        var values = new ValueStorageOptions { MemoryBytes = random.Next(5) * 4096, ChunkBytes = 4096 << random.Next(3) };
        var isRotten = random.Chance(0.5);
        return SeedRun.Execute(Name, seed, new ClusterOptions { Values = values, CompleteSince = 3 }, cluster =>
        {
            for (var i = 0; i < Clients; i++)
                cluster.AddClient(new KeyValueClient(cluster, i, ValueLength).RunAsync);
            cluster.AddClient(new PastReader(cluster).RunAsync);
            var rot = new ValueRot(cluster, values.Folder);
            rot.Begin(isRotten);
            cluster.StartClients();
            cluster.RunUnder(FaultPlan.All with { IntervalMax = TimeSpan.FromSeconds(1 << random.Next(4)) }, Time, rot.End);
            ReplicaCheck.Agree(cluster);
            return HistoryCheck.Linearizable(cluster.History!);
        });
    }
}
