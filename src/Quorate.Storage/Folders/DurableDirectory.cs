using Quorate.Kernel.Machines;

namespace Quorate.Storage.Folders;

/// <summary>Makes directories whose names survive a crash.</summary>
internal static class DurableDirectory
{
    /// <summary>Creates a directory and its parents, and syncs every directory on the way, since each holds the next one's name.</summary>
    public static async ValueTask CreateAsync(IDisk disk, string directory, CancellationToken cancellationToken)
    {
        await disk.CreateDirectoryAsync(directory, cancellationToken);
        for (var parent = directory; parent.Length > 0;)
        {
            parent = parent.LastIndexOf('/') is var slash and >= 0 ? parent[..slash] : "";
            await disk.SyncDirectoryAsync(parent, cancellationToken);
        }
    }

    /// <summary>The path of a file in a directory, which may be the data folder itself.</summary>
    public static string PathOf(string directory, string name) => directory.Length == 0 ? name : $"{directory}/{name}";
}
