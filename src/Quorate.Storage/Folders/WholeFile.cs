using Quorate.Kernel.Machines;

namespace Quorate.Storage.Folders;

/// <summary>Small files that are there as a whole or not at all.</summary>
internal static class WholeFile
{
    /// <summary>Writes a file of the data folder itself, in place of the one that may be there, durably.</summary>
    public static async ValueTask WriteAsync(IDisk disk, string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var temporary = name + ".tmp";
        await disk.DeleteAsync(temporary, cancellationToken);
        await using (var file = await disk.OpenAsync(temporary, OpenMode.CreateNew, cancellationToken))
            await file.WriteAndSyncAsync(0, bytes, cancellationToken);
        await disk.RenameAsync(temporary, name, cancellationToken);
        await disk.SyncDirectoryAsync("", cancellationToken);
    }
}
