using Quorate.Cli.Scenarios.Runs;
using Quorate.Cli.Scenarios.Violations;
using Quorate.Cli.Scenarios.Workloads;
using Quorate.Services.Coordination;

namespace Quorate.Cli.Scenarios.Recipes;

/// <summary>Watches that go on by themselves over lost streams, silent nodes and the death of their own process.</summary>
internal sealed class RecipeWatches : IScenario
{
    private const int Apps = 3;
    private const int Writers = 3;

    public string Name => "recipe-watches";

    public string Description => "watches that resume by revision under all faults: nothing missing, doubled or out of order";

    public SeedResult Run(RunInput seed)
    {
        var logs = new SortedDictionary<string, EventLog>(StringComparer.Ordinal);
        var target = long.MaxValue;
        Writer[]? writers = null;
        return RecipeRun.Execute(
            Name, seed, Apps,
            app => WatchAsync(app, Log(app), () => target),
            app =>
            {
                Compare([.. logs.Values], writers!, target);
                return Task.CompletedTask;
            },
            cluster =>
            {
                writers = [.. Enumerable.Range(0, Writers).Select(i => new Writer(cluster, i))];
                var writing = Writers;
                foreach (var writer in writers)
                    cluster.AddClient(async machine =>
                    {
                        await writer.RunAsync(machine);
                        if (--writing == 0)
                            target = await LastAsync(new ClientCalls(cluster, machine));
                    });
            });

        EventLog Log(RecipeApp app)
        {
            var name = app.Machine.Name;
            return logs.TryGetValue(name, out var log) ? log : logs[name] = new EventLog(name);
        }
    }

    private static async Task WatchAsync(RecipeApp app, EventLog log, Func<long> target)
    {
        while (log.Revision < target())
        {
            using var part = new CancellationTokenSource(TimeSpan.FromSeconds(1 + app.Machine.Random.Next(20)), app.Machine.Clock);
            await app.TryAsync(async () =>
            {
                await foreach (var changes in app.Client.Store.WatchAsync("", log.Revision + 1, part.Token))
                {
                    app.Cluster.Metrics.Add("watch events", changes.Events.Count);
                    log.Add(new WatchMessage(WatchMessageKind.Events, new ResponseHeader(0, 0, changes.Revision, 0), 0, changes.Events));
                    if (log.Revision >= target())
                        return;
                }
            });
        }
    }

    /// <summary>One last write, behind all that was acknowledged.</summary>
    private static async Task<long> LastAsync(ClientCalls calls)
    {
        while (true)
        {
            if ((await calls.CallAsync(s => s.PutAsync(new("last"u8.ToArray(), default)))).Response is { } response)
                return response.Header.Revision;
            await calls.ThinkAsync(TimeSpan.FromSeconds(1));
        }
    }

    private static void Compare(EventLog[] logs, Writer[] writers, long target)
    {
        var truth = logs.MaxBy(l => l.Revision)!;
        foreach (var log in logs)
            log.Compare(truth, target);
        var told = truth.Events.ToHashSet();
        foreach (var write in writers.SelectMany(w => w.Acknowledged))
            if (!told.Contains(write))
                throw new ViolationException($"'{write.Event}' was acknowledged at revision {write.Revision}, but no watch told it");
    }
}
