using Quorate.Cli.Scenarios.Clusters;
using Quorate.Kernel.Machines;

namespace Quorate.Cli.Scenarios.Workloads;

/// <summary>Forgets history again and again, but nothing that somebody still needs.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="notNeeded">The newest revision that nobody needs any more.</param>
internal sealed class Compactor(SimulatedCluster cluster, Func<long> notNeeded)
{
    private const int KeptMax = 20;
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(3);

    /// <summary>The newest revision that it ever asked to compact to: what is older may be gone.</summary>
    public long Asked { get; private set; }

    /// <summary>Compacts until the cluster ends.</summary>
    /// <param name="machine">The clients' machine.</param>
    public async Task RunAsync(IMachine machine)
    {
        var calls = new ClientCalls(cluster, machine);
        var turns = cluster.World.OperationsOf("compactor");
        while (await turns.NextAsync(machine, PauseMax, () => cluster.IsEnding) is { } turn)
        {
            calls.Random = turn.Random;
            var revision = notNeeded() - calls.Random.Next(KeptMax);
            if (revision <= Asked)
                continue;
            Asked = revision;
            var compacted = await calls.CallAsync(s => s.CompactAsync(revision, physical: calls.Random.Next(2) == 0));
            cluster.Metrics.Add($"compaction {compacted.End.ToString().ToLowerInvariant()}");
        }
    }
}
