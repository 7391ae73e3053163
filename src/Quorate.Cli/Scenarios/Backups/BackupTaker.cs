using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Violations;
using Quorate.Cli.Scenarios.Workloads;
using Quorate.Kernel.Encoding;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;
using Quorate.Services.Coordination.Backups;
using Quorate.Services.Coordination.Store;

namespace Quorate.Cli.Scenarios.Backups;

/// <summary>Takes backups of any node, slowly, now and then not to the end, and looks at each that came whole.</summary>
internal sealed class BackupTaker(SimulatedCluster cluster, BackupBoard board)
{
    private static readonly TimeSpan ThinkMax = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PieceMax = TimeSpan.FromMilliseconds(200);
    private ClientCalls calls = null!;

    /// <summary>Takes backups until the cluster ends, and one more at the end where none is restored yet.</summary>
    /// <param name="machine">The clients' machine.</param>
    public async Task RunAsync(IMachine machine)
    {
        calls = new ClientCalls(cluster, machine);
        var turns = cluster.World.OperationsOf("backup");
        while (await turns.NextAsync(machine, ThinkMax, () => cluster.IsEnding) is { } turn)
        {
            calls.Random = turn.Random;
            await OnceAsync(givesUp: calls.Random.Next(6) == 0);
        }

        var last = cluster.World.OperationsOf("backup-end");
        while (board.Chosen is null && last.NextAtEnd() is { } turn)
        {
            calls.Random = turn.Random;
            await OnceAsync(givesUp: false);
        }
    }

    private async Task OnceAsync(bool givesUp)
    {
        var node = calls.AnyNode();
        var before = node.Store?.Revision ?? 0;
        var opened = await calls.AskAsync(node.Maintenance, m => m.OpenBackupAsync());
        var bytes = opened.Response is { } backup ? await ReadAsync(backup, givesUp) : null;
        cluster.Metrics.Add(bytes is null ? "backup broken off" : "backup");
        if (bytes is not null)
            await LookAtAsync(bytes, before);
        else
            await calls.ThinkAsync(ThinkMax);
    }

    // Null where it broke off.
    private async Task<byte[]?> ReadAsync(IBackup backup, bool givesUp)
    {
        await using (backup)
        {
            var bytes = new List<byte>();
            while (true)
            {
                var read = await calls.AskAsync(backup, b => b.ReadAsync());
                if (read.End != CallEnd.Ok || (givesUp && bytes.Count > 0))
                    return null;
                if (read.Response is not { } piece)
                    return bytes.Count == backup.Bytes ? [.. bytes] : null;
                bytes.AddRange(piece.Span);
                await calls.ThinkAsync(PieceMax);
            }
        }
    }

    private async Task LookAtAsync(byte[] bytes, long before)
    {
        var file = await OpenAsync(bytes)
            ?? throw new ViolationException("a backup that came whole is refused");
        if (file.Revision < before)
            throw new ViolationException($"a backup is of revision {file.Revision}, and the node had revision {before} when it was asked");
        await using var store = new CoordinationStore();
        await file.RestoreAsync(store);
        board.Add(new TakenBackup(bytes, file.Revision, store.HashAt(file.Revision)), isChosen: cluster.IsEnding || calls.Random.Next(3) == 0);
        if (await OpenAsync(Damaged(bytes)) is not null)
            throw new ViolationException("a backup that was cut off or changed is taken for whole");
    }

    private static async Task<BackupFile?> OpenAsync(byte[] bytes)
    {
        try
        {
            return await BackupFile.OpenAsync(new MemoryStream(bytes));
        }
        catch (MalformedInputException)
        {
            return null;
        }
    }

    private byte[] Damaged(byte[] bytes)
    {
        if (calls.Random.Next(3) == 0)
            return bytes[..calls.Random.Next(bytes.Length)];
        var changed = bytes.ToArray();
        changed[calls.Random.Next(changed.Length)] ^= (byte)(1 << calls.Random.Next(8));
        return changed;
    }
}
