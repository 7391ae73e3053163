using Quorate.Cli.Scenarios.Clusters;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination.Backups;
using Quorate.Services.Coordination.Store;
using Quorate.Services.Replication;

namespace Quorate.Cli.Scenarios.Backups;

/// <summary>
/// A node whose data is made of a backup, as who runs it would: it runs once that was done to the end, and where it broke off the folder is
/// emptied and it is done again.
/// </summary>
internal sealed class RestoredNode(SimulatedNode node, ReplicaHostOptions options, BackupBoard board)
{
    private const string Mark = "restored";
    private static readonly string[] Folders = ["", "wal", $"snap/g{SimulatedNode.Group}"];
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    public async Task RunAsync(IMachine machine, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && !await IsMadeAsync(machine, stop))
            await Task.Delay(Pause, machine.Clock, stop).ContinueOnCancel();
        await node.RunAsync(machine, stop);
    }

    private async Task<bool> IsMadeAsync(IMachine machine, CancellationToken stop)
    {
        try
        {
            if (!await machine.Disk.ExistsAsync(Mark, stop))
            {
                if (board.Chosen is not { } backup)
                    return false;
                await MakeAsync(machine, backup, stop);
            }

            // The mark holds only when it would be there after a crash.
            await machine.Disk.SyncDirectoryAsync("", stop);
            return true;
        }
        catch (IOException e)
        {
            machine.Telemetry.Record(Severity.Error, "restore", $"the restore broke off: {e.Message}");
            return false;
        }
    }

    private async Task MakeAsync(IMachine machine, TakenBackup backup, CancellationToken stop)
    {
        foreach (var folder in Folders)
        {
            foreach (var name in await machine.Disk.ListAsync(folder, stop))
                await machine.Disk.DeleteAsync(folder.Length == 0 ? name : $"{folder}/{name}", stop);
        }

        await using var store = new CoordinationStore();
        var file = await BackupFile.OpenAsync(new MemoryStream(backup.Bytes), stop);
        await file.RestoreAsync(store, stop);
        await ReplicaSeed.WriteAsync(machine, options, SimulatedNode.Group, store, store.LevelNeeded, stop);
        await using var mark = await machine.Disk.OpenAsync(Mark, OpenMode.CreateNew, stop);
        await mark.SyncAsync(stop);
    }
}
