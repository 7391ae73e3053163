namespace Quorate.Simulation.Disks;

/// <summary>Checks the paths that a machine hands in.</summary>
internal static class DiskPath
{
    private const int LengthMax = 4096;

    public static string Check(string path, bool allowsRoot)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Length == 0)
            return allowsRoot ? path : throw new ArgumentException("The empty path is the data folder itself, not a file.", nameof(path));
        if (path.Length > LengthMax || path.Contains('\\') || path.Contains('\0') || path.Split('/').Any(part => part is "" or "." or ".."))
            throw new ArgumentException($"'{path}' is not a path below the data folder: names with '/' between them.", nameof(path));
        return path;
    }
}
