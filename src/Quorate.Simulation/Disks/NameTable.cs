using Quorate.Simulation.Randomness;

namespace Quorate.Simulation.Disks;

/// <summary>The names of a disk: what is seen, what is durable, and the changes between the two.</summary>
internal sealed class NameTable
{
    private readonly SortedDictionary<string, FileNode> durableFiles = new(StringComparer.Ordinal);
    private readonly SortedSet<string> durableDirectories = new(StringComparer.Ordinal) { "" };
    private readonly List<NameChange> pending = [];

    /// <summary>The files as they are seen now.</summary>
    public SortedDictionary<string, FileNode> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>The directories as they are seen now.</summary>
    public SortedSet<string> Directories { get; } = new(StringComparer.Ordinal) { "" };

    /// <summary>How many changes were made; a sync that begins now covers those before.</summary>
    public long ChangeCount { get; private set; }

    public static string ParentOf(string path) => path.LastIndexOf('/') is var slash and >= 0 ? path[..slash] : "";

    public void Add(string path, FileNode node) => Change(new NameChange(ChangeCount, ParentOf(path), null, path, node));

    public void Remove(string path) => Change(new NameChange(ChangeCount, ParentOf(path), path, null, Files[path]));

    public void Rename(string from, string to) => Change(new NameChange(ChangeCount, ParentOf(to), from, to, Files[from]));

    public void AddDirectory(string path) => Change(new NameChange(ChangeCount, ParentOf(path), null, path, null));

    /// <summary>The changes of a directory before this count of <see cref="ChangeCount"/> become durable.</summary>
    public void Sync(string directory, long upTo)
    {
        var left = 0;
        for (var i = 0; i < pending.Count; i++)
        {
            var change = pending[i];
            if (change.Directory == directory && change.Number < upTo)
                Apply(change, durableFiles, durableDirectories);
            else
                pending[left++] = change;
        }

        pending.RemoveRange(left, pending.Count - left);
    }

    /// <summary>
    /// The power fails: as a journal would, a first part of the changes is kept; or each is kept or lost on its own; or all are lost.
    /// </summary>
    public void Crash(SeededRandom random, bool losesAll)
    {
        if (losesAll)
            pending.Clear();
        if (pending.Count > 0)
        {
            var prefix = random.Chance(0.5) ? random.Next(pending.Count + 1) : -1;
            for (var i = 0; i < pending.Count; i++)
            {
                if (prefix < 0 ? random.Chance(0.5) : i < prefix)
                    Apply(pending[i], durableFiles, durableDirectories);
            }
            pending.Clear();
            DropOrphans();
        }
        Files.Clear();
        foreach (var (path, node) in durableFiles)
            Files.Add(path, node);
        Directories.Clear();
        Directories.UnionWith(durableDirectories);
    }

    /// <summary>Every file that a name leads to after a crash.</summary>
    public IEnumerable<FileNode> Nodes() => Files.Values.Concat(durableFiles.Values).Distinct();

    private void Change(NameChange change)
    {
        Apply(change, Files, Directories);
        pending.Add(change);
        ChangeCount++;
    }

    private static void Apply(NameChange change, SortedDictionary<string, FileNode> files, SortedSet<string> directories)
    {
        if (change.Node is null)
        {
            directories.Add(change.Added!);
            return;
        }
        if (change.Removed is { } removed && files.TryGetValue(removed, out var there) && ReferenceEquals(there, change.Node))
            files.Remove(removed);
        if (change.Added is { } added)
            files[added] = change.Node;
    }

    // What lies in a directory whose own name was lost is lost with it.
    private void DropOrphans()
    {
        foreach (var directory in durableDirectories.Where(d => d.Length > 0 && !durableDirectories.Contains(ParentOf(d))).ToList())
            durableDirectories.Remove(directory);
        foreach (var path in durableFiles.Keys.Where(p => !durableDirectories.Contains(ParentOf(p))).ToList())
            durableFiles.Remove(path);
    }
}
