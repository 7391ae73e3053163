using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;
using Quorate.Services.Coordination;
using Quorate.Services.Recipes;
using Quorate.Services.Recipes.Keys;
using Quorate.Services.Recipes.Providers;
using Quorate.Services.Recipes.Timing;
using Quorate.Services.Recipes.Watches;

namespace Quorate.Services.Discovery.Catalogs;

/// <summary>All services and instances of a registry, in memory, kept up to date by a watch.</summary>
/// <remarks>
/// Guarantee: a change is in the catalogue as soon as the watch has told it. What is told as fresh is the registry at some moment of the last
/// <see cref="CatalogOptions.FreshMax"/>, by this machine's clock; else it is said to be stale, and after
/// <see cref="CatalogOptions.StaleMax"/> it is not told.
/// Cost: one watch; a read of one key and a count each <see cref="CatalogOptions.ConfirmInterval"/>; some hundred bytes an instance.
/// Fails when: nothing was read yet, or too long ago: <see cref="DiscoveryException"/>.
/// </remarks>
public sealed class ServiceCatalog : IServiceResolver, IAsyncDisposable
{
    private const int MismatchesMax = 3;
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(500);
    private readonly IMachine machine;
    private readonly Strand strand;
    private readonly StoreCalls calls;
    private readonly WatchFeed feed;
    private readonly CatalogOptions options;
    private readonly KeySpan span;
    private readonly InstanceTable table;
    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource firstRead = new();
    private CancellationTokenSource reading = new();
    private volatile CatalogView view = CatalogView.Empty;
    private long confirmedAt;
    private int mismatches;

    private ServiceCatalog(IMachine machine, Strand strand, ICoordinationProvider provider, CatalogOptions options)
    {
        this.machine = machine;
        this.strand = strand;
        this.options = options;
        calls = new StoreCalls(machine, provider, options.CallTimeout);
        feed = new WatchFeed(machine, calls, options.FreshMax);
        var prefix = $"{options.Prefix}service/";
        span = KeySpan.Below(prefix);
        table = new InstanceTable(prefix, options.InstancesMax, text => machine.Telemetry.Record(Severity.Warning, "discovery", text));
    }

    /// <summary>Whether the catalogue is older than it should be.</summary>
    public bool IsStale => Age() > options.FreshMax;

    /// <summary>Whether nothing was read yet, or so long ago that it is not told any more.</summary>
    public bool IsLost => view.Revision == 0 || Age() > options.StaleMax;

    /// <summary>What is known now.</summary>
    internal CatalogView View => view;

    /// <summary>Begins to read and to watch; does not wait for either.</summary>
    /// <param name="machine">The machine: its clock, chance and telemetry.</param>
    /// <param name="provider">The store of the registry.</param>
    /// <param name="options">The settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">A setting is out of its bounds.</exception>
    public static ServiceCatalog Start(IMachine machine, ICoordinationProvider provider, CatalogOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(provider);
        options ??= new CatalogOptions();
        options.Validate();
        var catalog = new ServiceCatalog(machine, machine.CreateStrand("discovery"), provider, options);
        catalog.strand.Post(() =>
        {
            _ = catalog.FollowAsync();
            _ = catalog.ConfirmAsync();
        });
        return catalog;
    }

    /// <summary>Waits until the registry was read for the first time.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task WaitUntilReadAsync(CancellationToken cancellationToken = default) =>
        strand.InvokeAsync(() => Waiting.SharedAsync(firstRead.Task, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<ServiceAnswer> ResolveAsync(string service, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(service);
        return view.Revision == 0 ? AfterReadAsync(service, cancellationToken) : ValueTask.FromResult(Resolve(service));
    }

    /// <summary>Stops watching.</summary>
    public async ValueTask DisposeAsync() => await strand.InvokeAsync(() =>
    {
        stopping.Cancel();
        reading.Cancel();
        return Task.CompletedTask;
    });

    private async ValueTask<ServiceAnswer> AfterReadAsync(string service, CancellationToken cancellationToken)
    {
        try
        {
            using var patience = new CancellationTokenSource(options.CallTimeout, machine.Clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
            await WaitUntilReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The answer says what is wrong.
        }

        return Resolve(service);
    }

    private ServiceAnswer Resolve(string service)
    {
        if (IsLost)
            throw new DiscoveryException(view.Revision == 0
                ? "The registry could not be read yet."
                : $"The registry could not be read for {Age():hh\\:mm\\:ss}.");
        var found = view.Find(service.ToLowerInvariant());
        return new ServiceAnswer(found is null ? [] : WeightedOrder.Of(found.Healthy, machine.Random), IsStale);
    }

    private TimeSpan Age() => machine.Clock.GetElapsedTime(Volatile.Read(ref confirmedAt));

    private async Task FollowAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await ReadAsync();
                await foreach (var changes in feed.ReadAsync(span, view.Revision + 1, reading.Token))
                {
                    table.Apply(changes.Revision, changes.Events);
                    view = table.View;
                    mismatches = 0;
                }
            }
            catch (Exception e) when (e is OperationCanceledException or WatchEndedException)
            {
                // Stopped; or to be read anew, since history was compacted or the catalogue was found to be wrong.
                if (stopping.IsCancellationRequested)
                    return;
                reading = new CancellationTokenSource();
            }
            catch (CoordinationException e)
            {
                // Its node may come back.
                machine.Telemetry.Record(Severity.Warning, "discovery", $"the registry cannot be read: {e.Message}");
                await PauseAsync(AfterFailure);
            }
        }
    }

    private async Task ReadAsync()
    {
        var sentAt = 0L;
        var read = await calls.UntilAnsweredAsync(
            (p, c) =>
            {
                sentAt = machine.Clock.GetTimestamp();
                return p.RangeAsync(new RangeRequest(span.Key, span.End), c);
            },
            reading.Token);
        table.Reset(read);
        view = table.View;
        mismatches = 0;
        if (table.Count == read.Count)
            Volatile.Write(ref confirmedAt, sentAt);
        firstRead.TrySetResult();
    }

    /// <summary>
    /// Asks again and again whether the catalogue is the newest. It is when the store has as many keys and no newer one: a key that was written
    /// since would be newer, or gone, and then there would be fewer.
    /// </summary>
    private async Task ConfirmAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            await PauseAsync(options.ConfirmInterval);
            if (view.Revision == 0 || stopping.IsCancellationRequested)
                continue;
            try
            {
                await ConfirmOnceAsync();
            }
            catch (Exception e) when (e is CoordinationException or OperationCanceledException)
            {
                // It grows older.
            }
        }
    }

    private async Task ConfirmOnceAsync()
    {
        var sentAt = machine.Clock.GetTimestamp();
        var request = new RangeRequest(span.Key, span.End, Limit: 1, SortOrder: SortOrder.Descend, SortTarget: KeyField.ModRevision, KeysOnly: true);
        var newest = await calls.OnceAsync((p, c) => p.RangeAsync(request, c), stopping.Token);
        if (newest.Count == table.Count && (newest.Count == 0 || newest.KeyValues[0].ModRevision == table.Newest))
        {
            Volatile.Write(ref confirmedAt, sentAt);
            mismatches = 0;
        }
        else if (++mismatches >= MismatchesMax)
        {
            // What the watch is about to tell makes a difference for a moment only.
            machine.Telemetry.Record(Severity.Warning, "discovery", "the catalogue is not what the registry has, and is read anew");
            mismatches = 0;
            reading.Cancel();
        }
    }

    private async Task PauseAsync(TimeSpan time)
    {
        try
        {
            await Task.Delay(time, machine.Clock, stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The caller looks at the token.
        }
    }
}
