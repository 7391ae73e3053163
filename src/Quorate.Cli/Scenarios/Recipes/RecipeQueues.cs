using System.Text;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Cli.Scenarios.Violations;
using Quorate.Services.Coordination;
using Quorate.Services.Recipes;

namespace Quorate.Cli.Scenarios.Recipes;

/// <summary>Queues under all faults: items are added, taken, given back and completed.</summary>
internal sealed class RecipeQueues : IScenario
{
    private const int Apps = 4;
    private static readonly TimeSpan AddPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WorkMax = TimeSpan.FromMilliseconds(600);

    public string Name => "recipe-queues";

    public string Description => "queues under all faults: no item lost, none completed twice, none in two hands at once";

    public SeedResult Run(RunInput seed)
    {
        var run = new QueueRun();
        return RecipeRun.Execute(
            Name, seed, Apps,
            app => Task.WhenAll(
                app.RepeatAsync("add", (n, patience) => run.AddAsync(app, n, patience), AddPause),
                app.RepeatAsync("take", (_, patience) => run.TakeAsync(app, patience))),
            run.CheckAsync);
    }

    private sealed class QueueRun
    {
        private readonly HashSet<string> added = [];
        private readonly HashSet<string> tried = [];
        private readonly HashSet<string> completed = [];
        private readonly HashSet<string> perhapsCompleted = [];
        private readonly SortedDictionary<string, HolderBoard> boards = new(StringComparer.Ordinal);

        public async Task AddAsync(RecipeApp app, int number, CancellationToken patience)
        {
            var item = FormattableString.Invariant($"{app.Name}-{number}");
            tried.Add(item);
            await app.Client.Queue.EnqueueAsync("q", Encoding.UTF8.GetBytes(item), patience);
            added.Add(item);
            app.Cluster.Metrics.Add("added");
        }

        public async Task TakeAsync(RecipeApp app, CancellationToken patience)
        {
            await using var taken = await app.Client.Queue.TakeAsync("q", patience);
            var item = Encoding.UTF8.GetString(taken.Value.Span);
            if (!boards.TryGetValue(item, out var board))
                boards[item] = board = new HolderBoard(item, holders => holders.Count <= 1);
            board.Add(app, taken);
            // Where the process stood still as the answer came, it may be over already, which the clock tells.
            if (taken.IsHeld && completed.Contains(item))
                throw new ViolationException($"{app.Name} was given '{item}', which was completed before");
            if (!tried.Contains(item))
                throw new ViolationException($"{app.Name} was given '{item}', which nobody added");
            await app.ThinkAsync(WorkMax);
            if (app.Random.Next(5) > 0)
                await CompleteAsync(app, taken, item);
        }

        // A node that was away may still be without a leader when it is asked first; the check as a whole has its bound.
        private static async Task<bool> IsLeftAsync(RecipeApp app)
        {
            while (true)
            {
                try
                {
                    return (await app.Client.Store.ListAsync("/quorate/queue/q/items/")).KeyValues.Count > 0;
                }
                catch (CoordinationException e) when (e.Error is CoordinationError.Timeout or CoordinationError.NoLeader)
                {
                    app.Cluster.Metrics.Add("asked again at the end");
                }
            }
        }

        public async Task CheckAsync(RecipeApp app)
        {
            while (await IsLeftAsync(app))
            {
                await using var taken = await app.Client.Queue.TakeAsync("q");
                await CompleteAsync(app, taken, Encoding.UTF8.GetString(taken.Value.Span));
            }

            if (added.FirstOrDefault(i => !completed.Contains(i) && !perhapsCompleted.Contains(i)) is { } lost)
                throw new ViolationException($"'{lost}' was added, and is neither completed nor in the queue");
        }

        private async Task CompleteAsync(RecipeApp app, IQueueItem taken, string item)
        {
            perhapsCompleted.Add(item);
            var isKnown = false;
            try
            {
                await taken.CompleteAsync();
                isKnown = true;
            }
            catch (StaleHolderException)
            {
                app.Cluster.Metrics.Add("completed too late");
                return;
            }
            finally
            {
                app.Cluster.Metrics.Add(isKnown ? "completed" : "not known to be completed");
            }

            if (!completed.Add(item))
                throw new ViolationException($"'{item}' was completed twice");
        }
    }
}
