using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Cli.Scenarios.Workloads;
using Quorate.Services.Coordination.Values;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Scenarios;

/// <summary>
/// Bits flip in one replica at a time: in its live state, in the files of its log and snapshots, in the values that it keeps on disk. It is found
/// and made whole from its peers, while clients write, history is compacted and other faults strike.
/// </summary>
internal sealed class ReplicaRot : IScenario
{
    private const int Clients = 3;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RepairMax = TimeSpan.FromSeconds(120);

    public string Name => "replica-rot";

    public string Description => "bits flip in memory, logs, snapshots and values of one of 3 or 5 nodes: it is repaired; linearizable";

    public SeedResult Run(RunInput seed)
    {
        var random = SeededRandom.For(seed, "shape");
        var nodes = random.Chance(0.75) ? 3 : 5;
        var scrub = random.Chance(0.5) ? TimeSpan.FromSeconds(2) : TimeSpan.Zero;
        var options = new ClusterOptions
        {
            Machines = nodes,
            Voters = nodes,
            Values = random.Chance(0.5) ? new ValueStorageOptions { MemoryBytes = 4096, ChunkBytes = 4096 } : null,
            HashCheckInterval = TimeSpan.FromSeconds(3),
            Tune = host => host with { SnapshotEntries = 60, ScrubInterval = scrub },
            CompleteSince = 3,
        };
        var faults = FaultPlan.All with { IntervalMax = TimeSpan.FromSeconds(4 << random.Next(4)) };
        var compacts = random.Chance(0.5);
        return SeedRun.Execute(Name, seed, options, cluster =>
        {
            for (var i = 0; i < Clients; i++)
                cluster.AddClient(new KeyValueClient(cluster, i).RunAsync);
            var ballast = new Ballast(cluster);
            cluster.AddClient(ballast.RunAsync);
            if (compacts)
                cluster.AddClient(new Compactor(cluster, () => ballast.Revision).RunAsync);
            var hunt = new RotHunt(cluster, options.Values?.Folder, Ballast.Key);
            hunt.Begin();
            cluster.StartClients();
            cluster.RunUnder(faults, Time, hunt.End);
            RotHunt.AwaitRepair(cluster, RepairMax);
            ReplicaCheck.Agree(cluster);
            return HistoryCheck.Linearizable(cluster.History!);
        });
    }
}
