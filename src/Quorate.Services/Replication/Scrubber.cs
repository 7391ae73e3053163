using Quorate.Kernel.Machines;
using Quorate.Storage.Logs;

namespace Quorate.Services.Replication;

/// <summary>
/// Reads the log and the snapshots again, slowly and in the background, so that what rots is found while the peers still have it, and not when
/// it is needed.
/// </summary>
/// <remarks>
/// Guarantee: what is durable when a pass begins is read once a pass, and every checksum compared. Cost: at most
/// <see cref="ReplicaHostOptions.ScrubBytesPerSecond"/> of reading, in pieces of about 256 KiB.
/// Source: Schwarz et al., "Disk Scrubbing in Large Archival Storage Systems", MASCOTS 2004.
/// </remarks>
internal sealed class Scrubber(HostContext host, Func<IReadOnlyList<ReplicaGroup>> groups)
{
    private const int PieceBytes = 256 << 10;
    private readonly CancellationTokenSource stop = new();
    private Task running = Task.CompletedTask;

    /// <summary>Told of damage to the log, which the node cannot mend by itself.</summary>
    public required Func<string, Task> LogDamaged { get; init; }

    /// <summary>Begins, where that is wanted.</summary>
    public void Start()
    {
        if (host.Options.ScrubInterval > TimeSpan.Zero)
            running = RunAsync();
    }

    public async ValueTask StopAsync()
    {
        stop.Cancel();
        await running;
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                // A tenth at random, so that the nodes of a cluster do not read at once.
                var pause = host.Options.ScrubInterval * (1 + (host.Machine.Random.NextDouble() / 10));
                await Task.Delay(pause, host.Machine.Clock, stop.Token);
                await PassAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private async ValueTask PassAsync()
    {
        try
        {
            await ReadLogAsync();
        }
        catch (CorruptFileException e)
        {
            Tell($"The log is damaged: {e.Message}");
            // Not waited for: it stops the host, which waits for this.
            _ = LogDamaged(e.Message);
            return;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Tell($"The log could not be read to the end: {e.Message}");
        }

        foreach (var group in groups())
            await ReadSnapshotAsync(group);
    }

    private async ValueTask ReadLogAsync()
    {
        await using var reader = host.Journal.OpenReader();
        var end = host.Journal.End;
        LogPosition? position = host.Journal.Needed();
        while (position is { } from && from < end)
        {
            position = await reader.ReadAsync(from, static _ => { }, stop.Token);
            await PauseAsync(position is { } next && next.Segment == from.Segment ? next.Batch - from.Batch : PieceBytes);
        }
    }

    /// <summary>A damaged snapshot is replaced by one of the state as it is now, which memory still has.</summary>
    private async ValueTask ReadSnapshotAsync(ReplicaGroup group)
    {
        if (group.Snapshots.Latest is not { } latest)
            return;
        try
        {
            await using var reader = await group.Snapshots.OpenReaderAsync(latest, stop.Token);
            var piece = new byte[PieceBytes];
            for (long offset = 0; offset < reader.Length; offset += PieceBytes)
            {
                await reader.ReadAsync(offset, piece, stop.Token);
                await PauseAsync(PieceBytes);
            }
        }
        catch (CorruptFileException e)
        {
            Tell($"A snapshot is damaged, and a new one is taken: {e.Message}");
            group.WantSnapshot();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // A newer one took its place while it was read.
            host.Machine.Telemetry.Record(Severity.Debug, "scrub", $"A snapshot could not be read to the end: {e.Message}");
        }
    }

    private Task PauseAsync(long bytes) =>
        Task.Delay(TimeSpan.FromSeconds((double)bytes / host.Options.ScrubBytesPerSecond), host.Machine.Clock, stop.Token);

    private void Tell(string text) => host.Machine.Telemetry.Record(Severity.Error, "scrub", text);
}
