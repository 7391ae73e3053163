using Quorate.Cli.Scenarios.Violations;

namespace Quorate.Cli.Scenarios.Workloads;

/// <summary>What the clients of a cluster whose history is compacted know together.</summary>
internal sealed class CompactionBoard
{
    private readonly Dictionary<long, string> deletions = [];
    private readonly SortedSet<long> writes = [];

    /// <summary>The newest revision of an acknowledged write.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>The newest revision that anybody asked to compact to: what is older may be gone.</summary>
    public long Asked { get; private set; }

    /// <summary>The newest revision up to which history is surely compacted, or 0.</summary>
    public long Compacted { get; private set; }

    /// <summary>Notes a write that was acknowledged.</summary>
    /// <param name="revision">Its revision.</param>
    /// <param name="known">What was acknowledged before it began.</param>
    public void Wrote(long revision, long known)
    {
        if (revision <= known)
            throw new ViolationException($"a write got revision {revision}, and revision {known} was acknowledged before it began");
        Acknowledged = Math.Max(Acknowledged, revision);
        writes.Add(revision);
    }

    /// <summary>Looks for a write of a stretch that a watch of all keys was not told of.</summary>
    /// <param name="first">The first revision of the stretch.</param>
    /// <param name="last">The last one.</param>
    /// <param name="told">What the watch was told of.</param>
    /// <returns>The first that is missing, or 0.</returns>
    public long Missing(long first, long last, IReadOnlySet<long> told) =>
        first > last ? 0 : writes.GetViewBetween(first, last).FirstOrDefault(revision => !told.Contains(revision));

    /// <summary>Notes a deletion, which is all that its revision did.</summary>
    /// <param name="revision">Its revision.</param>
    /// <param name="key">The key.</param>
    public void Deleted(long revision, string key) => deletions[revision] = key;

    /// <summary>Notes that a compaction is about to be asked for.</summary>
    /// <param name="revision">Up to where.</param>
    public void Ask(long revision) => Asked = Math.Max(Asked, revision);

    /// <summary>Notes a compaction that was acknowledged.</summary>
    /// <param name="revision">Up to where.</param>
    public void Done(long revision) => Compacted = Math.Max(Compacted, revision);

    /// <summary>The key that a revision deleted, where it is known.</summary>
    /// <param name="revision">The revision.</param>
    public string? DeletionAt(long revision) => deletions.GetValueOrDefault(revision);
}
