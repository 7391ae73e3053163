using Quorate.Kernel.Machines;
using Quorate.Services.Recipes.Barriers;
using Quorate.Services.Recipes.Elections;
using Quorate.Services.Recipes.Groups;
using Quorate.Services.Recipes.Keys;
using Quorate.Services.Recipes.Lines;
using Quorate.Services.Recipes.Locks;
using Quorate.Services.Recipes.Providers;
using Quorate.Services.Recipes.Queues;
using Quorate.Services.Recipes.Sessions;
using Quorate.Services.Recipes.Stores;
using Quorate.Services.Recipes.Watches;

namespace Quorate.Services.Recipes.Clients;

/// <summary>All recipes over one store, on one session.</summary>
/// <remarks>
/// Guarantee: as each recipe's. Cost: one strand, one lease that is renewed three times in its time, once something is held.
/// Fails when: as each recipe's. Disposing it ends the session: all that it holds is told to be lost, and goes to others at once.
/// </remarks>
public sealed class CoordinationClient : IAsyncDisposable
{
    private readonly SessionSource sessions;
    private readonly Turns turns;

    /// <summary>Makes the client; it calls nobody before it is used.</summary>
    /// <param name="machine">The machine that it runs on: its clock, chance and telemetry.</param>
    /// <param name="provider">The store.</param>
    /// <param name="options">The settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">A setting is out of its bounds.</exception>
    public CoordinationClient(IMachine machine, ICoordinationProvider provider, RecipeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(provider);
        options ??= new RecipeOptions();
        options.Validate();
        var strand = machine.CreateStrand("recipes");
        var calls = new StoreCalls(machine, provider, options.CallTimeout);
        var keys = new RecipeKeys(options.Prefix);
        var feed = new WatchFeed(machine, calls, options.WatchSilenceMax);
        var waits = new KeyWaits(feed);
        sessions = new SessionSource(machine, calls, keys, options);
        var lineUp = new LineUp(sessions, calls, waits);
        turns = new Turns(machine, strand, lineUp);
        Store = new KeyValueStore(calls, feed);
        Locks = new DistributedLocks(turns, keys);
        ReadWriteLocks = new ReadWriteLocks(turns, keys);
        Semaphore = new DistributedSemaphore(turns, keys);
        Election = new LeaderElection(turns, keys, calls, waits);
        Barrier = new NamedBarriers(turns, keys, sessions, calls, waits);
        Queue = new DistributedQueue(turns, keys, sessions, lineUp, calls, waits);
        Registry = new ServiceRegistry(turns, keys, sessions, calls, waits);
    }

    /// <summary>Keys with values.</summary>
    public IKeyValueStore Store { get; }

    /// <summary>Locks.</summary>
    public IDistributedLocks Locks { get; }

    /// <summary>Locks to read or write.</summary>
    public IReadWriteLocks ReadWriteLocks { get; }

    /// <summary>Semaphores.</summary>
    public ISemaphore Semaphore { get; }

    /// <summary>Elections.</summary>
    public ILeaderElection Election { get; }

    /// <summary>Barriers.</summary>
    public IBarrier Barrier { get; }

    /// <summary>Queues.</summary>
    public IDistributedQueue Queue { get; }

    /// <summary>Services and groups.</summary>
    public IServiceRegistry Registry { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await turns.Strand.InvokeAsync(sessions.StopAsync);
}
