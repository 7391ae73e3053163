using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;
using Quorate.Protocols.Raft;
using Quorate.Services.Replication.Journal;
using Quorate.Storage.Snapshots;

namespace Quorate.Services.Replication;

/// <summary>
/// Snapshots between replicas: fills in the chunks that the core sends, keeps those that arrive, and puts a whole one in place.
/// </summary>
internal sealed class SnapshotExchange(HostContext host, ulong group, SnapshotFiles files, IStateMachine machine, Applier applier)
{
    private const int ChunkBytes = 256 << 10;
    private static readonly TimeSpan FullDiskPause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource stop = new();
    private RawSnapshotWriter? writer;
    private Task receiving = Task.CompletedTask;

    public required Func<RaftDriver> Driver { get; init; }

    public required Func<SnapshotTaker> Taker { get; init; }

    public required GroupJournal Journal { get; init; }

    /// <summary>Raised when the state was replaced.</summary>
    public required Action Installed { get; init; }

    /// <summary>Raised when this node cannot go on: its disk failed, or a snapshot arrived damaged.</summary>
    public required Action<Exception> Broken { get; init; }

    /// <summary>Reads the chunk that is wanted and sends it. One that cannot be read is not sent: the core asks again.</summary>
    public void Send(NodeId to, SnapshotRequest request) => _ = SendAsync(to, request);

    /// <summary>Keeps a chunk; chunks are kept one after the other.</summary>
    public void Keep(SnapshotChunk chunk, Action kept) => receiving = KeepAsync(receiving, chunk, kept);

    public async ValueTask StopAsync()
    {
        stop.Cancel();
        await receiving;
        if (writer is not null)
            await writer.DisposeAsync();
        stop.Dispose();
    }

    private async Task SendAsync(NodeId to, SnapshotRequest request)
    {
        try
        {
            await using var reader = await files.Store.OpenReaderAsync(new SnapshotInfo(request.LastIndex, 0, 0, default), stop.Token);
            var left = reader.RawLength - request.Offset;
            if (left < 0)
                return;
            var data = new byte[Math.Min(left, ChunkBytes)];
            var count = await reader.ReadRawAsync(request.Offset, data, stop.Token);
            if (count != data.Length || !Driver().IsLeaderOf(request.Term))
                return;
            host.Transport.Send(to, group, request with { Data = data, Done = count == left }, data.Length + 4096);
            host.Turn();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            host.Machine.Telemetry.Record(
                Severity.Warning, "replication", $"Group {group}: reading snapshot {request.LastIndex} for {to} failed: {e.Message}");
        }
    }

    private async Task KeepAsync(Task before, SnapshotChunk chunk, Action kept)
    {
        await before;
        try
        {
            await WriteAsync(chunk);
            kept();
            if (chunk.Done)
                await InstallAsync(chunk);
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
        catch (Exception e)
        {
            // The core believes that the chunk is kept or the snapshot in place: there is no way on but to start again.
            if (!stop.IsCancellationRequested)
                Broken(e);
        }
    }

    private async ValueTask WriteAsync(SnapshotChunk chunk)
    {
        while (true)
        {
            try
            {
                if (chunk.Offset == 0)
                {
                    if (writer is not null)
                        await writer.DisposeAsync();
                    writer = await files.Store.CreateRawAsync(chunk.LastIndex, cancellationToken: stop.Token);
                }

                await writer!.WriteAsync(chunk.Offset, chunk.Data, stop.Token);
                return;
            }
            catch (DiskFullException e)
            {
                host.Machine.Telemetry.Record(Severity.Warning, "replication", $"Group {group}: a snapshot finds no room: {e.Message}");
                await Task.Delay(FullDiskPause, host.Machine.Clock, stop.Token);
            }
        }
    }

    private async ValueTask InstallAsync(SnapshotChunk chunk)
    {
        applier.IsPaused = true;
        await Taker().AbandonAsync();
        var info = await writer!.CommitAsync(stop.Token);
        await writer.DisposeAsync();
        writer = null;
        await files.RestoreAsync(info, applier, machine, stop.Token);
        Journal.AppendBase(Driver().HardState, chunk.LastIndex, chunk.LastTerm, chunk.Configuration);
        await host.Journal.CommitAsync(stop.Token);
        applier.IsPaused = false;
        Driver().Step(new SnapshotRestored(chunk.LastIndex, chunk.LastTerm, chunk.Configuration));
        await files.Store.DeleteBeforeAsync(chunk.LastIndex, stop.Token);
        Installed();
    }
}
