using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Cli.Scenarios.Workloads;
using Quorate.Kernel.Machines;
using Quorate.Services.Replication;
using Quorate.Simulation.Faults;

namespace Quorate.Cli.Scenarios.Backups;

/// <summary>
/// Backups are taken of any node while clients write, and a second cluster is made of one of them, all under the same faults: a backup is of one
/// revision or it is refused, and what is restored is what was there, and goes on from there.
/// </summary>
internal sealed class BackupRestore : IScenario
{
    private const int Writers = 3;

    // So long that a backup is written in many slices, between which others write on.
    private const int BallastLength = 12 << 10;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(30);

    public string Name => "backup-restore";

    public string Description => "backups of any of 3 nodes under all faults, and another cluster that is restored from one: all of one revision";

    public SeedResult Run(RunInput seed)
    {
        var options = new ClusterOptions { Tune = Small };
        return SeedRun.Execute(Name, seed, options, cluster =>
        {
            var board = new BackupBoard();
            var restored = cluster.Beside("r", options, Restored);
            for (var i = 0; i < Writers; i++)
                cluster.AddClient(new Writer(cluster, i).RunAsync);
            cluster.AddClient(new Ballast(cluster, BallastLength).RunAsync);
            cluster.AddClient(new BackupTaker(cluster, board).RunAsync);
            cluster.AddClient(new RestoredUser(cluster, restored, board).RunAsync);
            cluster.StartClients();
            cluster.RunUnder(FaultPlan.All, Time);
            ReplicaCheck.Agree(cluster);
            board.Compare(cluster, board.Taken);
            if (board.Chosen is not { } chosen)
                return "no backup was taken";
            ReplicaCheck.Agree(restored);
            board.Compare(restored, [chosen]);
            return null;

            Func<IMachine, int, CancellationToken, Task> Restored(SimulatedNode node, ReplicaHostOptions host) =>
                (machine, _, stop) => new RestoredNode(node, host, board).RunAsync(machine, stop);
        });
    }

    private static ReplicaHostOptions Small(ReplicaHostOptions options) => options with { SnapshotEntries = 40 };
}
