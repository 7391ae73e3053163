using Quorate.Kernel.Machines;

namespace Quorate.Tests.Storage.Disks;

/// <summary>A disk in memory that crashes, fails and fills up when it is told to.</summary>
internal sealed class FaultyDisk : IDisk
{
    private readonly List<(string Directory, Action<SortedDictionary<string, Inode>> Change)> unsyncedNames = [];
    private SortedDictionary<string, Inode> durableNames = new(StringComparer.Ordinal);
    private SortedDictionary<string, Inode> names = new(StringComparer.Ordinal);

    /// <summary>Operations so far.</summary>
    public int Operations { get; private set; }

    public int Syncs { get; private set; }

    /// <summary>The operation at which the machine crashes, in the middle of it.</summary>
    public int CrashAt { get; set; } = int.MaxValue;

    public bool Crashed { get; private set; }

    /// <summary>Whether each operation lets others run first.</summary>
    public bool Yields { get; set; }

    /// <summary>Asked before each operation for the error that it shall have.</summary>
    public Func<string, string, Exception?> Fault { get; set; } = static (_, _) => null;

    /// <summary>The most bytes of all files.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    public long Used => names.Values.Sum(inode => (long)inode.Current.Length);

    public IEnumerable<string> Names => names.Keys;

    public byte[] this[string path] => names[path].Current;

    public void Damage(string path, Func<byte[], byte[]> change) => names[path].Damage(change);

    /// <summary>What is there after the machine stopped: unsynced changes kept, lost or torn.</summary>
    public FaultyDisk AfterCrash(Random random)
    {
        foreach (var (_, change) in unsyncedNames.Where(_ => random.Next(2) == 0))
            change(durableNames);
        var inodes = new Dictionary<Inode, Inode>();
        var disk = new FaultyDisk { Yields = Yields };
        foreach (var (path, inode) in durableNames)
        {
            if (!inodes.TryGetValue(inode, out var after))
                inodes.Add(inode, after = inode.AfterCrash(random));
            disk.names[path] = disk.durableNames[path] = after;
        }

        return disk;
    }

    /// <summary>The same files after the process was killed: the page cache stays.</summary>
    public FaultyDisk AfterKill()
    {
        var disk = new FaultyDisk { Yields = Yields, names = names, durableNames = durableNames };
        disk.unsyncedNames.AddRange(unsyncedNames);
        return disk;
    }

    public async ValueTask<IFile> OpenAsync(string path, OpenMode mode, CancellationToken cancellationToken = default)
    {
        await StepAsync("open", path);
        if (!names.TryGetValue(path, out var inode))
        {
            if (mode == OpenMode.Existing)
                throw new FileNotFoundException(path);
            inode = new Inode();
            var created = inode;
            Rename(path, map => map[path] = created);
        }
        else if (mode == OpenMode.CreateNew)
        {
            throw new IOException($"{path} exists");
        }

        return new FaultyFile(this, path, inode);
    }

    public async ValueTask<bool> ExistsAsync(string path, CancellationToken cancellationToken = default)
    {
        await StepAsync("exists", path);
        return names.ContainsKey(path);
    }

    public async ValueTask<IReadOnlyList<string>> ListAsync(string directory, CancellationToken cancellationToken = default)
    {
        await StepAsync("list", directory);
        return [.. names.Keys.Where(path => DirectoryOf(path) == directory).Select(path => path[(path.LastIndexOf('/') + 1)..])];
    }

    public ValueTask CreateDirectoryAsync(string directory, CancellationToken cancellationToken = default) => StepAsync("mkdir", directory);

    public async ValueTask RenameAsync(string from, string to, CancellationToken cancellationToken = default)
    {
        await StepAsync("rename", from);
        if (!names.TryGetValue(from, out var inode))
            throw new FileNotFoundException(from);
        Rename(from, map =>
        {
            map.Remove(from);
            map[to] = inode;
        });
    }

    public async ValueTask DeleteAsync(string path, CancellationToken cancellationToken = default)
    {
        await StepAsync("delete", path);
        if (names.ContainsKey(path))
            Rename(path, map => map.Remove(path));
    }

    public async ValueTask SyncDirectoryAsync(string directory, CancellationToken cancellationToken = default)
    {
        await StepAsync("sync-directory", directory);
        foreach (var (_, change) in unsyncedNames.Where(name => name.Directory == directory))
            change(durableNames);
        unsyncedNames.RemoveAll(name => name.Directory == directory);
    }

    /// <summary>Counts an operation; the one at which the machine crashes takes effect or not, and is not heard of again.</summary>
    internal async ValueTask StepAsync(string operation, string path)
    {
        if (Yields)
            await Task.Yield();
        if (Crashed || ++Operations >= CrashAt)
        {
            Crashed = true;
            throw new CrashedException();
        }

        if (Fault(operation, path) is { } fault)
            throw fault;
        if (operation == "sync")
            Syncs++;
    }

    internal void Reserve(Inode inode, long length)
    {
        var more = Math.Max(0, length - inode.Current.Length);
        if (Used + more > Capacity)
            throw new DiskFullException($"{Used} of {Capacity} bytes are used");
    }

    /// <summary>Whether the crash comes now, in the middle of the operation.</summary>
    internal bool IsLast => Operations + 1 >= CrashAt;

    private static string DirectoryOf(string path) => path.LastIndexOf('/') is var slash and >= 0 ? path[..slash] : "";

    private void Rename(string path, Action<SortedDictionary<string, Inode>> change)
    {
        change(names);
        unsyncedNames.Add((DirectoryOf(path), change));
    }
}
