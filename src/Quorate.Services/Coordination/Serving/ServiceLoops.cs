using Quorate.Kernel.Machines;
using Quorate.Services.Coordination.Authentication;
using Quorate.Services.Coordination.Compaction;
using Quorate.Services.Coordination.Integrity;
using Quorate.Services.Coordination.Leases;
using Quorate.Services.Coordination.Store;
using Quorate.Services.Coordination.Watches;
using Quorate.Services.Replication;

namespace Quorate.Services.Coordination.Serving;

/// <summary>What the service does without being asked: it passes the store's changes on, keeps the leases' time, frees memory and tells
/// progress.</summary>
internal sealed class ServiceLoops : IStoreObserver
{
    // How many writes are looked at before other work of the strand gets its turn, when memory is freed on request.
    private const int TrimSlice = 4096;
    private static readonly TimeSpan ProgressIntervalMin = TimeSpan.FromMilliseconds(100);
    private readonly IMachine machine;
    private readonly IReplicatedGroup group;
    private readonly CoordinationStore store;
    private readonly WatchHub watches;
    private readonly Lessor lessor;
    private readonly Identification identification;
    private readonly TimeSpan progressInterval;
    private readonly AutoCompactor? compactor;
    private readonly IntegrityWatch? integrity;
    private readonly CancellationTokenSource stopping = new();

    /// <summary>Creates the loops; <see cref="Start"/> starts them.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="group">The group.</param>
    /// <param name="store">The store.</param>
    /// <param name="watches">The watches.</param>
    /// <param name="lessor">The lessor.</param>
    /// <param name="identification">Who callers are.</param>
    /// <param name="options">The settings.</param>
    public ServiceLoops(
        IMachine machine, IReplicatedGroup group, CoordinationStore store, WatchHub watches, Lessor lessor, Identification identification,
        CoordinationOptions options)
    {
        (this.machine, this.group, this.store, this.watches, this.lessor) = (machine, group, store, watches, lessor);
        this.identification = identification;
        progressInterval = options.ProgressInterval > ProgressIntervalMin ? options.ProgressInterval : ProgressIntervalMin;
        compactor = options.AutoCompaction is { } wanted ? new AutoCompactor(machine, group, store, wanted) : null;
        integrity = options.Integrity is { } compared ? new IntegrityWatch(machine, group, store, compared) : null;
    }

    /// <summary>Starts everything. On the strand.</summary>
    public void Start()
    {
        if (stopping.IsCancellationRequested)
            return;
        store.Observe(this);
        group.LeadershipChanged += OnLeadershipChanged;
        _ = GuardAsync(lessor.RunAsync(stopping.Token));
        _ = GuardAsync(TellProgressAsync(stopping.Token));
        if (compactor is not null)
            _ = GuardAsync(compactor.RunAsync(stopping.Token));
        if (integrity is not null)
            _ = GuardAsync(integrity.RunAsync(stopping.Token));
    }

    /// <summary>Stops everything. On the strand.</summary>
    public void Stop()
    {
        if (stopping.IsCancellationRequested)
            return;
        group.LeadershipChanged -= OnLeadershipChanged;
        store.Unobserve(this);
        lessor.Demote();
        watches.CloseAll();
        integrity?.Dispose();
        stopping.Cancel();
    }

    /// <summary>Frees all that was compacted, in slices; waits for an open cut.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async ValueTask TrimAllAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        while (store.State.HasGarbage && !stopping.IsCancellationRequested)
        {
            store.Trim(TrimSlice);
            if (store.CanTrim)
                await Task.Yield();
            else if (store.State.HasGarbage)
                await Task.Delay(ProgressIntervalMin, machine.Clock, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Committed(long from, long to) => watches.Committed(from, to);

    /// <inheritdoc/>
    public void Compacted() => _ = GuardAsync(TrimAllAsync(stopping.Token).AsTask());

    /// <inheritdoc/>
    public void LeaseGranted(long id, long ttlSeconds) => lessor.Granted(id, ttlSeconds);

    /// <inheritdoc/>
    public void LeaseEnded(long id) => lessor.Ended(id);

    /// <inheritdoc/>
    public void AuthChanged(AuthChange change)
    {
        identification.AuthChanged(change);
        if (change is LogIn)
            return;
        if (change is ChangePassword password)
            watches.Forget(password.Name);
        watches.Judge();
    }

    /// <inheritdoc/>
    public void Restored()
    {
        lessor.Demote();
        identification.Restored();
        watches.Forget(null);
        watches.Judge();
        watches.Restored();
    }

    private void OnLeadershipChanged(bool leads) => _ = GuardAsync(lessor.LeadershipChangedAsync(leads, stopping.Token));

    private async Task TellProgressAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            // A tenth at random, so that the streams of many members do not speak at once.
            await Task.Delay(progressInterval * (1 + (machine.Random.NextDouble() / 10)), machine.Clock, cancellationToken);
            watches.NotifyProgress();
        }
    }

    /// <summary>A loop that ends otherwise than by being stopped has a bug: the node must not go on without it.</summary>
    private async Task GuardAsync(Task loop)
    {
        try
        {
            await loop;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopped.
        }
        catch (Exception e)
        {
            machine.Fail(e);
        }
    }
}
