using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Violations;

namespace Quorate.Cli.Scenarios.Backups;

/// <summary>A backup that came whole.</summary>
/// <param name="Bytes">The file.</param>
/// <param name="Revision">The revision that it is of.</param>
/// <param name="Hash">The hash of what a store holds that was restored from it.</param>
internal sealed record TakenBackup(byte[] Bytes, long Revision, ulong Hash);

/// <summary>What is known of the backups.</summary>
internal sealed class BackupBoard
{
    private static readonly TimeSpan HashMax = TimeSpan.FromSeconds(60);
    private readonly List<TakenBackup> taken = [];

    /// <summary>The backups that came whole.</summary>
    public IReadOnlyList<TakenBackup> Taken => taken;

    /// <summary>The backup that the second cluster is made of; null until it is chosen.</summary>
    public TakenBackup? Chosen { get; private set; }

    /// <summary>Takes note of a backup that came whole.</summary>
    /// <param name="backup">The backup.</param>
    /// <param name="isChosen">Whether the second cluster is made of it, if of none yet.</param>
    public void Add(TakenBackup backup, bool isChosen)
    {
        taken.Add(backup);
        if (isChosen)
            Chosen ??= backup;
    }

    /// <summary>Compares what every node holds of the backups' revisions. Nothing is compacted, so that it is all there.</summary>
    /// <param name="cluster">The cluster, healed.</param>
    /// <param name="backups">The backups.</param>
    public void Compare(SimulatedCluster cluster, IReadOnlyList<TakenBackup> backups)
    {
        var asked = cluster.Nodes.SelectMany(n => backups.Select(b => (Node: n, Backup: b, Hash: n.HashAtAsync(b.Revision)))).ToList();
        if (!cluster.World.RunUntil(() => asked.All(a => a.Hash.IsCompleted), HashMax))
            throw new ViolationException($"{HashMax.TotalSeconds} s after healing a replica has not read its state");
        foreach (var (node, backup, hash) in asked)
        {
            if (hash.GetAwaiter().GetResult() != backup.Hash)
                throw new ViolationException($"the backup of revision {backup.Revision} holds something else than {node.Name} does of that revision");
        }
    }
}
