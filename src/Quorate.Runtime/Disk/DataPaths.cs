namespace Quorate.Runtime.Disk;

/// <summary>Turns a path of a machine's disk into a full path, and refuses each that would leave the data folder.</summary>
internal sealed class DataPaths(string root)
{
    /// <summary>The file in the data folder that holds the lock; hidden from the disk's users.</summary>
    public const string LockName = ".quorate.lock";

    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>The full path of a file.</summary>
    public string OfFile(string path)
    {
        if (path.Length == 0)
            throw new ArgumentException("The empty path is the data folder, not a file.", nameof(path));
        if (path == LockName)
            throw new ArgumentException($"'{LockName}' belongs to the machine.", nameof(path));
        return OfDirectory(path);
    }

    /// <summary>The full path of a directory; the empty path is the data folder.</summary>
    public string OfDirectory(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Length == 0)
            return Root;
        foreach (var range in path.AsSpan().Split('/'))
        {
            var name = path.AsSpan(range);
            if (name.Length == 0 || name is "." or ".." || name.ContainsAny('\\', '\0') || (OperatingSystem.IsWindows() && name.Contains(':')))
                throw new ArgumentException($"'{path}' is not a path below the data folder: names, with '/' between them.", nameof(path));
        }

        return Path.Combine(Root, path);
    }
}
