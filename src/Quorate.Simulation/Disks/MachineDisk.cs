using Quorate.Kernel.Machines;
using Quorate.Simulation.Execution;
using Quorate.Simulation.Tracing;

namespace Quorate.Simulation.Disks;

/// <summary>The disk as one life of a machine sees it.</summary>
internal sealed class MachineDisk(SimulatedDisk disk, Incarnation incarnation) : IDisk
{
    public SimulatedDisk Disk => disk;

    public Incarnation Incarnation => incarnation;

    public async ValueTask<IFile> OpenAsync(string path, OpenMode mode, CancellationToken cancellationToken = default)
    {
        var name = Begin("Disk.OpenAsync", path, cancellationToken, allowsRoot: false);
        await RunAsync("open", name, mode == OpenMode.Existing ? DiskAccess.Read : DiskAccess.Write);
        if (!disk.Names.Files.TryGetValue(name, out var node))
        {
            if (mode == OpenMode.Existing)
                throw new FileNotFoundException($"Machine '{disk.Machine}' has no file '{name}'.", name);
            RequireDirectory(NameTable.ParentOf(name));
            if (disk.Names.Directories.Contains(name))
                throw new IOException($"'{name}' is a directory.");
            node = new FileNode(disk.Pages);
            disk.Names.Add(name, node);
        }
        else if (mode == OpenMode.CreateNew)
            throw new IOException($"Machine '{disk.Machine}' has a file '{name}' already.");
        return new SimulatedFile(this, name, node);
    }

    public async ValueTask<bool> ExistsAsync(string path, CancellationToken cancellationToken = default)
    {
        var name = Begin("Disk.ExistsAsync", path, cancellationToken, allowsRoot: true);
        await RunAsync("look up", name, DiskAccess.Read);
        return disk.Names.Files.ContainsKey(name);
    }

    public async ValueTask<IReadOnlyList<string>> ListAsync(string directory, CancellationToken cancellationToken = default)
    {
        var name = Begin("Disk.ListAsync", directory, cancellationToken, allowsRoot: true);
        await RunAsync("list", name, DiskAccess.Read);
        var names = new List<string>();
        foreach (var path in disk.Names.Files.Keys)
        {
            if (NameTable.ParentOf(path) == name)
                names.Add(name.Length == 0 ? path : path[(name.Length + 1)..]);
        }
        return names;
    }

    public async ValueTask CreateDirectoryAsync(string directory, CancellationToken cancellationToken = default)
    {
        var name = Begin("Disk.CreateDirectoryAsync", directory, cancellationToken, allowsRoot: true);
        await RunAsync("create directory", name, DiskAccess.Write);
        for (var end = name.IndexOf('/'); name.Length > 0; end = name.IndexOf('/', end + 1))
        {
            var part = end < 0 ? name : name[..end];
            if (disk.Names.Files.ContainsKey(part))
                throw new IOException($"'{part}' is a file.");
            if (!disk.Names.Directories.Contains(part))
                disk.Names.AddDirectory(part);
            if (end < 0)
                break;
        }
    }

    public async ValueTask RenameAsync(string from, string to, CancellationToken cancellationToken = default)
    {
        var source = Begin("Disk.RenameAsync", from, cancellationToken, allowsRoot: false);
        var target = DiskPath.Check(to, allowsRoot: false);
        await RunAsync("rename", source, DiskAccess.Write);
        if (!disk.Names.Files.ContainsKey(source))
            throw new FileNotFoundException($"Machine '{disk.Machine}' has no file '{source}'.", source);
        RequireDirectory(NameTable.ParentOf(target));
        if (disk.Names.Directories.Contains(target))
            throw new IOException($"'{target}' is a directory.");
        if (source == target)
            return;
        if (disk.Names.Files.TryGetValue(target, out var replaced))
            disk.UsedBytes -= replaced.Length;
        disk.Names.Rename(source, target);
    }

    public async ValueTask DeleteAsync(string path, CancellationToken cancellationToken = default)
    {
        var name = Begin("Disk.DeleteAsync", path, cancellationToken, allowsRoot: false);
        await RunAsync("delete", name, DiskAccess.Write);
        if (!disk.Names.Files.TryGetValue(name, out var node))
            return;
        disk.UsedBytes -= node.Length;
        disk.Names.Remove(name);
    }

    public async ValueTask SyncDirectoryAsync(string directory, CancellationToken cancellationToken = default)
    {
        var name = Begin("Disk.SyncDirectoryAsync", directory, cancellationToken, allowsRoot: true);
        RequireDirectory(name);
        await Take().StartDirectorySync(incarnation, name, DrawFailure("sync directory", name, DiskAccess.Sync));
    }

    public DiskOperation Take() => disk.IdleOperations.TryPop(out var idle) ? idle : new DiskOperation(disk);

    public void Check(string call) => disk.Engine.Escapes.CheckCall(disk.Machine, call);

    /// <summary>The error that this operation ends with, or null.</summary>
    public Exception? DrawFailure(string what, string path, DiskAccess access)
    {
        var rate = disk.FailureRate(access);
        disk.Engine.Trace.Add(TraceKind.DiskOperation, disk.Engine.Now, what.Length, path.Length);
        return disk.Random.Chance(rate)
            ? disk.Failed(new IOException($"Input/output error: {what} '{path}' on machine '{disk.Machine}'."))
            : null;
    }

    private string Begin(string call, string path, CancellationToken cancellationToken, bool allowsRoot)
    {
        Check(call);
        cancellationToken.ThrowIfCancellationRequested();
        return DiskPath.Check(path, allowsRoot);
    }

    private ValueTask<int> RunAsync(string what, string path, DiskAccess access) =>
        Take().Start(incarnation, 0, DrawFailure(what, path, access), isSync: false);

    private void RequireDirectory(string directory)
    {
        if (!disk.Names.Directories.Contains(directory))
            throw new DirectoryNotFoundException($"Machine '{disk.Machine}' has no directory '{directory}'.");
    }
}
