using Microsoft.Win32.SafeHandles;
using Quorate.Kernel.Machines;
using Quorate.Runtime.Strands;

namespace Quorate.Runtime.Disk;

/// <summary>The files under a data folder, which it holds alone until it is disposed. Files are 0600 and directories 0700.</summary>
internal sealed class RealDisk : IDisk, IDisposable
{
    private const UnixFileMode FileMode0600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode0700 = FileMode0600 | UnixFileMode.UserExecute;

    private readonly DataPaths paths;
    private readonly DiskThreads threads;
    private readonly FailSwitch failSwitch;
    private readonly FolderLock folderLock;

    public RealDisk(string folder, string machine, FailSwitch failSwitch)
    {
        this.failSwitch = failSwitch;
        paths = new DataPaths(folder);
        try
        {
            MakeDirectory(paths.Root);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"The data folder {paths.Root} may not be used: {e.Message}", e);
        }

        folderLock = FolderLock.Take(paths.Root);
        threads = new DiskThreads(machine);
    }

    /// <inheritdoc/>
    public ValueTask<IFile> OpenAsync(string path, OpenMode mode, CancellationToken cancellationToken = default)
    {
        var full = paths.OfFile(path);
        return RunAsync<IFile>(path, () => new RealFile(path, Open(path, full, mode), threads, failSwitch), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<bool> ExistsAsync(string path, CancellationToken cancellationToken = default)
    {
        var full = paths.OfFile(path);
        return RunAsync(path, () => File.Exists(full), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListAsync(string directory, CancellationToken cancellationToken = default)
    {
        var full = paths.OfDirectory(directory);
        return RunAsync(directory, () => List(full), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask CreateDirectoryAsync(string directory, CancellationToken cancellationToken = default)
    {
        var full = paths.OfDirectory(directory);
        return ChangeAsync(directory, () => MakeDirectory(full), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask RenameAsync(string from, string to, CancellationToken cancellationToken = default)
    {
        var (fullFrom, fullTo) = (paths.OfFile(from), paths.OfFile(to));
        return ChangeAsync(from, () => File.Move(fullFrom, fullTo, overwrite: true), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DeleteAsync(string path, CancellationToken cancellationToken = default)
    {
        var full = paths.OfFile(path);
        return ChangeAsync(path, () => Delete(full), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask SyncDirectoryAsync(string directory, CancellationToken cancellationToken = default)
    {
        var full = paths.OfDirectory(directory);
        return ChangeAsync(directory, () => Native.SyncDirectory(full, directory), cancellationToken);
    }

    /// <summary>Releases the folder; open files stay usable until they are closed.</summary>
    public void Dispose()
    {
        threads.Dispose();
        folderLock.Dispose();
    }

    private static SafeFileHandle Open(string path, string full, OpenMode mode)
    {
        var how = mode switch
        {
            OpenMode.Existing => FileMode.Open,
            OpenMode.CreateNew => FileMode.CreateNew,
            OpenMode.OpenOrCreate => FileMode.OpenOrCreate,
            _ => throw new ArgumentOutOfRangeException(nameof(mode)),
        };
        try
        {
            var isNew = how != FileMode.Open && !File.Exists(full);
            var handle = File.OpenHandle(full, how, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            if (isNew && !OperatingSystem.IsWindows())
                File.SetUnixFileMode(handle, FileMode0600);
            return handle;
        }
        catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException && mode == OpenMode.Existing)
        {
            throw new FileNotFoundException($"There is no file '{path}'.", path, e);
        }
    }

    private static IReadOnlyList<string> List(string full)
    {
        if (!Directory.Exists(full))
            return [];
        var names = new List<string>();
        foreach (var file in Directory.EnumerateFiles(full))
        {
            var name = Path.GetFileName(file);
            if (name != DataPaths.LockName)
                names.Add(name);
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    private static void Delete(string full)
    {
        try
        {
            File.Delete(full);
        }
        catch (DirectoryNotFoundException)
        {
            // No directory, no file: it is as wanted.
        }
    }

    private static void MakeDirectory(string full)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(full);
        else
            Directory.CreateDirectory(full, FolderMode0700);
    }

    private ValueTask ChangeAsync(string path, Action action, CancellationToken cancellationToken) => new(RunAsync(
        path,
        () =>
        {
            failSwitch.ThrowIfTurned();
            action();
            return true;
        },
        cancellationToken).AsTask());

    private static ValueTask<T> RunAsync<T>(string path, Func<T> action, CancellationToken cancellationToken) => new(Task.Run(
        () =>
        {
            try
            {
                return action();
            }
            catch (Exception e) when (DiskErrors.Translate(e, path) is { } better)
            {
                throw better;
            }
        },
        cancellationToken));
}
