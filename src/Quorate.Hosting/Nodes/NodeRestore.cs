using Quorate.Kernel.Encoding;
using Quorate.Runtime.Machines;
using Quorate.Services.Coordination.Backups;
using Quorate.Services.Coordination.Store;
using Quorate.Services.Coordination.Values;
using Quorate.Services.Replication;
using Quorate.Storage.Folders;

namespace Quorate.Hosting.Nodes;

/// <summary>Makes the data folder of a node of a new cluster from a backup.</summary>
/// <remarks>
/// Guarantee: the folder holds the backup's keys, history and leases, or nothing. Every node of the cluster is made from the same backup, and
/// none of them may have run before under the same cluster name and members.
/// Cost: the backup is read twice and written once.
/// Fails when: the backup is damaged, the folder is not empty, or the disk fails.
/// </remarks>
public static class NodeRestore
{
    /// <summary>Makes the folder.</summary>
    /// <param name="backup">The backup: a seekable stream, which stays the caller's.</param>
    /// <param name="options">The node that will run on the folder.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The revision that the node begins at.</returns>
    /// <exception cref="MalformedInputException">The backup is damaged or none.</exception>
    /// <exception cref="ArgumentException">The options break <see cref="NodeOptionsRules"/>.</exception>
    /// <exception cref="IOException">The folder is not empty, or the disk failed.</exception>
    public static async Task<long> RunAsync(Stream backup, NodeOptions options, CancellationToken cancellationToken = default)
    {
        if (NodeOptionsRules.Violations(options) is [var violation, ..])
            throw new ArgumentException(violation, nameof(options));
        if (Directory.Exists(options.DataFolder) && Directory.EnumerateFileSystemEntries(options.DataFolder).Any())
            throw new IOException($"{options.DataFolder} is not empty: a restored cluster begins in folders of its own");
        var file = await BackupFile.OpenAsync(backup, cancellationToken);
        try
        {
            await WriteAsync(file, options, cancellationToken);
        }
        catch
        {
            Directory.Delete(options.DataFolder, recursive: true);
            throw;
        }

        return file.Revision;
    }

    private static async Task WriteAsync(BackupFile file, NodeOptions options, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        var machine = new RealMachine(new RealMachineOptions
        {
            Name = options.Name,
            DataFolder = options.DataFolder,
            OnFail = reason => failure ??= reason,
        });
        await using (machine)
        {
            var strand = machine.CreateStrand("restore");
            await strand.InvokeAsync(() => WriteAsync(machine, file, options, cancellationToken));
        }

        if (failure is not null)
            throw new IOException($"The restore failed: {failure.Message}", failure);
    }

    private static async Task WriteAsync(
        RealMachine machine, BackupFile file, NodeOptions options, CancellationToken cancellationToken)
    {
        var place = ClusterPlace.First(options);
        await DataFolder.ClaimAsync(machine.Disk, place.Identity, cancellationToken);
        await using var store = await CoordinationStore.OpenAsync(machine, new ValueStorageOptions(), cancellationToken);
        await file.RestoreAsync(store, cancellationToken);
        // The others may be restored by older releases: the backup alone says how.
        await ReplicaSeed.WriteAsync(machine, NodeWiring.Host(options, place), NodeWiring.SystemGroup, store, store.LevelNeeded, cancellationToken);
    }
}
