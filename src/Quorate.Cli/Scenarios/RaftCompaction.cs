using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Cli.Scenarios.Workloads;
using Quorate.Services.Coordination.Serving;
using Quorate.Services.Replication;
using Quorate.Simulation.Faults;

namespace Quorate.Cli.Scenarios;

/// <summary>
/// History is compacted right up to the present, again and again, above all where the present is a deletion: what may still be read and
/// watched is there on every node, and revisions only grow.
/// </summary>
internal sealed class RaftCompaction : IScenario
{
    private const int Readers = 3;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(25);

    public string Name => "raft-compaction";

    public string Description =>
        "history is compacted up to a deletion that is the present: watches from there, reads within transactions, under all faults";

    public SeedResult Run(RunInput seed) => SeedRun.Execute(Name, seed, new ClusterOptions { Tune = Small, Serve = Narrow }, cluster =>
    {
        var board = new CompactionBoard();
        cluster.AddClient(new PresentCompactor(cluster, board).RunAsync);
        for (var i = 0; i < Readers; i++)
        {
            cluster.AddClient(new DeletionWatcher(cluster, board, i).RunAsync);
            cluster.AddClient(new OldTransactions(cluster, board, i).RunAsync);
        }

        cluster.StartClients();
        cluster.RunUnder(FaultPlan.All, Time);
        ReplicaCheck.Agree(cluster);
        return null;
    });

    // A watch that is slow for a moment falls behind.
    private static CoordinationOptions Narrow(CoordinationOptions options) => options with { WatchBufferBytesMax = 150 };

    // Small snapshots, so that what a node has after a crash is often what compaction left.
    private static ReplicaHostOptions Small(ReplicaHostOptions options) =>
        options with { SnapshotEntries = 20 };
}
