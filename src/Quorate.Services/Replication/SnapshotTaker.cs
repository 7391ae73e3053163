using Quorate.Kernel.Encoding;
using Quorate.Kernel.Machines;
using Quorate.Protocols.Raft;
using Quorate.Protocols.Raft.Replication;
using Quorate.Services.Replication.Journal;
using Quorate.Storage.Snapshots;

namespace Quorate.Services.Replication;

/// <summary>
/// Takes a group's snapshots in the background, and then lets the log before them go: at a leader not before the followers that keep up
/// have what it holds, so that none of them needs a whole snapshot for a few entries.
/// </summary>
internal sealed class SnapshotTaker(
    HostContext host, SnapshotFiles files, IStateMachine machine, Applier applier, RaftDriver driver, GroupJournal journal)
{
    private readonly CancellationTokenSource stop = new();
    private CancellationTokenSource? current;
    private Task running = Task.CompletedTask;
    private SnapshotInfo? taken;
    private TimeSpan notBefore = TimeSpan.MinValue;

    /// <summary>Asks for a snapshot at the next occasion, because the group holds up the trimming of the shared log.</summary>
    public bool IsWanted { get; set; }

    /// <summary>Raised when the group's records were let go, so that the shared log can be trimmed.</summary>
    public event Action? Compacted;

    /// <summary>Begins a snapshot when one is due, or lets the log go that the last one covers. Called after each slice.</summary>
    public void Look()
    {
        if (!running.IsCompleted || stop.IsCancellationRequested)
            return;
        if (taken is not null)
        {
            if (MayCompact(taken.Sequence))
                running = CompactAsync(taken);
        }
        else if (!applier.IsPaused && IsDue() && host.Clock.Now >= notBefore)
        {
            current = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
            running = TakeAsync(current);
        }
    }

    /// <summary>Gives up a snapshot that is being taken, since another will replace the state.</summary>
    public async ValueTask AbandonAsync()
    {
        current?.Cancel();
        await running;
        taken = null;
    }

    public async ValueTask StopAsync()
    {
        stop.Cancel();
        await running;
        stop.Dispose();
    }

    private bool IsDue()
    {
        var latest = files.Store.Latest;
        if (applier.Index <= (latest?.Sequence ?? 0))
            return false;
        return IsWanted
            || applier.BytesSinceSnapshot >= Math.Max(host.Options.SnapshotLogBytes, latest?.Bytes ?? 0)
            || applier.Index - (latest?.Sequence ?? 0) >= host.Options.SnapshotEntries;
    }

    private bool MayCompact(long index)
    {
        if (driver.Core.Role != RaftRole.Leader || applier.BytesSinceSnapshot > host.Options.SnapshotLogBytes / 2)
            return true;
        foreach (var peer in driver.Core.Progress)
        {
            if (peer.State == ReplicationState.Replicate && peer.Match < index)
                return false;
        }

        return true;
    }

    private async Task TakeAsync(CancellationTokenSource cancellation)
    {
        try
        {
            var (index, bytesBefore) = (applier.Index, applier.BytesSinceSnapshot);
            var metadata = SnapshotFiles.Metadata(applier.Term, applier.Configuration, applier.LevelToKeep);
            var hostPart = new ByteWriter();
            applier.Write(hostPart);
            using (var cut = machine.Cut())
                taken = await files.WriteAsync(index, metadata, hostPart.WrittenMemory, cut, cancellation.Token);
            IsWanted = false;
            applier.BytesSinceSnapshot -= bytesBefore;
            host.Machine.Telemetry.Record(
                Severity.Information, "replication", $"Group {journal.Id}: snapshot of {index}, {taken.Bytes} bytes.");
            host.Turn();
        }
        catch (OperationCanceledException)
        {
            // Given up; what was written was deleted.
        }
        catch (IOException e)
        {
            // The log still holds everything. The next try comes later, so that a full disk is not kept busy.
            notBefore = host.Clock.Now + TimeSpan.FromSeconds(5);
            host.Machine.Telemetry.Record(Severity.Warning, "replication", $"Group {journal.Id}: taking a snapshot failed: {e.Message}");
        }
        finally
        {
            current = null;
            cancellation.Dispose();
        }
    }

    private async Task CompactAsync(SnapshotInfo info)
    {
        try
        {
            // The snapshot is durable. Only then the log says that it begins behind it, and only when that is durable the older records go.
            taken = null;
            var (term, configuration, _) = SnapshotFiles.ReadMetadata(info.Metadata);
            journal.AppendBase(driver.HardState, info.Sequence, term, configuration);
            await host.Journal.CommitAsync(stop.Token);
            driver.Step(new SnapshotTaken(info.Sequence));
            await files.Store.DeleteBeforeAsync(StillSent(info.Sequence));
            Compacted?.Invoke();
        }
        catch (OperationCanceledException)
        {
            // The host stops; the next start goes on from the snapshot.
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            host.Machine.Telemetry.Record(Severity.Warning, "replication", $"Group {journal.Id}: trimming failed: {e.Message}");
        }
    }

    /// <summary>The oldest snapshot that a follower is being sent.</summary>
    private long StillSent(long newest)
    {
        foreach (var peer in driver.Core.Progress)
        {
            if (peer.SnapshotIndex > 0)
                newest = Math.Min(newest, peer.SnapshotIndex);
        }

        return newest;
    }
}
