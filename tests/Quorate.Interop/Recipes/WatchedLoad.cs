using System.Text;
using Quorate.Services.Coordination;
using Quorate.Services.Recipes;

namespace Quorate.Interop.Recipes;

/// <summary>
/// Writers that each put a key of their own with growing numbers, and a watch of all of them. At the end the watch must have told every write
/// that is in the store's history once and in order, all that were acknowledged among them.
/// </summary>
internal sealed class WatchedLoad : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private readonly IKeyValueStore watched;
    private readonly string prefix;
    private readonly TimeSpan pause;
    private readonly long from;
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource stopWatching = new();
    private readonly List<KeyChanges> told = [];
    private readonly SortedDictionary<long, string> acknowledged = [];
    private readonly Lock sync = new();
    private readonly Task writing;
    private readonly Task watching;

    private WatchedLoad(IKeyValueStore watched, IKeyValueStore[] writers, string prefix, TimeSpan pause, long from)
    {
        (this.watched, this.prefix, this.pause, this.from) = (watched, prefix, pause, from);
        watching = Task.Run(WatchAsync);
        writing = Task.WhenAll(writers.Select((store, i) => Task.Run(() => WriteAsync(store, $"{prefix}{i}"))));
    }

    /// <summary>Starts it.</summary>
    /// <param name="watched">The store that watches.</param>
    /// <param name="writers">The stores that write, each a key of its own.</param>
    /// <param name="prefix">Where the keys are; nothing was ever written there.</param>
    /// <param name="pause">How long a writer waits after a write.</param>
    public static async Task<WatchedLoad> StartAsync(
        IKeyValueStore watched, IKeyValueStore[] writers, string prefix = "load/", TimeSpan pause = default) =>
        new(watched, writers, prefix, pause, (await watched.ListAsync(prefix)).Revision + 1);

    /// <summary>Waits until the watch has told so many more writes.</summary>
    public async Task UntilMoreAsync(int count)
    {
        using var limit = new CancellationTokenSource(Limit);
        for (var wanted = Told + count; Told < wanted;)
        {
            Assert.False(watching.IsCompleted, $"the watch ended: {watching.Exception?.InnerException}");
            await Task.Delay(20, limit.Token);
        }
    }

    /// <summary>Ends it, and fails where the watch told anything but what happened.</summary>
    public async Task EndAsync()
    {
        await stop.CancelAsync();
        await writing;
        var last = await watched.PutAsync($"{prefix}end", "end"u8.ToArray());
        using var limit = new CancellationTokenSource(Limit);
        while (LastTold < last)
            await Task.Delay(20, limit.Token);
        lock (sync)
        {
            var revisions = told.Select(t => t.Revision).ToList();
            Assert.Equal(revisions.Order().Distinct(), revisions);
            var values = told.ToDictionary(t => t.Revision, t => Encoding.UTF8.GetString(Assert.Single(t.Events).KeyValue.Value.Span));
            foreach (var (revision, value) in acknowledged)
                Assert.Equal(value, values.GetValueOrDefault(revision));
            RequireVersionsInOrder();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await stopWatching.CancelAsync();
        await Task.WhenAll(writing, watching).WaitAsync(Limit);
    }

    private int Told
    {
        get
        {
            lock (sync)
                return told.Count;
        }
    }

    private long LastTold
    {
        get
        {
            lock (sync)
                return told.Count == 0 ? 0 : told[^1].Revision;
        }
    }

    // The store counts the versions of each key, so that a gap shows, also of writes that were not acknowledged. And each number is written once:
    // a put that was sent twice shows too.
    private void RequireVersionsInOrder()
    {
        foreach (var key in told.SelectMany(t => t.Events).GroupBy(e => Encoding.UTF8.GetString(e.KeyValue.Key.Span)))
        {
            var versions = key.Select(e => e.KeyValue.Version).ToList();
            Assert.Equal(Enumerable.Range(1, versions.Count).Select(i => (long)i), versions);
            var values = key.Select(e => Encoding.UTF8.GetString(e.KeyValue.Value.Span)).ToList();
            Assert.Equal(values.Distinct(), values);
        }
    }

    private async Task WatchAsync()
    {
        try
        {
            await foreach (var changes in watched.WatchAsync(prefix, from, stopWatching.Token))
            {
                lock (sync)
                    told.Add(changes);
            }
        }
        catch (OperationCanceledException) when (stopWatching.IsCancellationRequested)
        {
            // The end.
        }
    }

    private async Task WriteAsync(IKeyValueStore store, string key)
    {
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            try
            {
                var value = $"{number}";
                var revision = await store.PutAsync(key, Encoding.UTF8.GetBytes(value));
                lock (sync)
                    acknowledged.Add(revision, value);
            }
            catch (CoordinationException e) when (e.Error is CoordinationError.Timeout or CoordinationError.NoLeader or CoordinationError.NoSpace)
            {
                // It may have happened or not: the next one is another write.
            }

            await Task.Delay(pause);
        }
    }
}
