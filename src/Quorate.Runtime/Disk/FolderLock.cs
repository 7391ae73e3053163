namespace Quorate.Runtime.Disk;

/// <summary>Holds a data folder for one machine at a time. The operating system releases it when the process dies, however it dies.</summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream file;

    private FolderLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock, or throws an <see cref="IOException"/> that names the folder and the holder.</summary>
    public static FolderLock Take(string folder)
    {
        var path = Path.Combine(folder, DataPaths.LockName);
        FileStream file;
        try
        {
            // Without sharing .NET takes flock(LOCK_EX | LOCK_NB) on Unix, and a share mode on Windows.
            var options = new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                BufferSize = 0,
            };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            file = new FileStream(path, options);
        }
        catch (IOException e)
        {
            throw new IOException($"The data folder {folder} is in use by another node{Holder(path)}.", e);
        }

        file.SetLength(0);
        file.Write(System.Text.Encoding.ASCII.GetBytes($"{Environment.ProcessId}\n"));
        return new FolderLock(file);
    }

    public void Dispose() => file.Dispose();

    // Not by FileStream: it would take a shared lock of its own, and fail.
    private static string Holder(string path)
    {
        using var file = Native.TryOpenToRead(path);
        if (file is null)
            return "";
        Span<byte> text = stackalloc byte[16];
        var count = RandomAccess.Read(file, text, 0);
        return int.TryParse(text[..count].Trim((byte)'\n'), out var process) ? $" (process {process})" : "";
    }
}
