using System.Globalization;
using System.Text;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Cli.Scenarios.Violations;
using Quorate.Cli.Scenarios.Workloads;
using Quorate.Services.Coordination;
using Quorate.Services.Recipes;

namespace Quorate.Cli.Scenarios.Recipes;

/// <summary>Locks whose holders crash, stand still and have clocks that drift and jump.</summary>
internal sealed class RecipeLocks : IScenario
{
    private const int Apps = 4;
    private const double StandsStillPart = 0.15;
    private const string Counter = "counter";
    private static readonly TimeSpan WorkMax = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan StandStillMax = TimeSpan.FromSeconds(12);

    public string Name => "recipe-locks";

    public string Description => "locks under pauses, crashes and clock faults: one holder at a time, no late write, no lost update";

    public SeedResult Run(RunInput seed)
    {
        var run = new LockRun();
        return RecipeRun.Execute(
            Name, seed, Apps, app => app.RepeatAsync("locks", (n, patience) => OnceAsync(run, app, n, patience)), run.CheckAsync);
    }

    private static async Task OnceAsync(LockRun run, RecipeApp app, int number, CancellationToken patience)
    {
        await using var held = await app.Client.Locks.AcquireAsync("lock", patience);
        var holder = run.Board.Add(app, held);
        for (var write = app.Random.Next(1, 5); write > 0; write--)
        {
            await (app.Random.NextDouble() < StandsStillPart ? app.StandStillAsync(StandStillMax) : app.ThinkAsync(WorkMax));
            run.Board.Act(holder);
            // Another system, which sees the token only, and is written to without looking at the clock.
            run.Guarded.Write(held.Token, string.Create(CultureInfo.InvariantCulture, $"{app.Name}-{number}/{write}"));
            if (!await IncrementAsync(run, app, held))
                return;
        }
    }

    /// <summary>Reads, and writes without comparing: the lock alone keeps others away.</summary>
    private static async Task<bool> IncrementAsync(LockRun run, RecipeApp app, IHeld held)
    {
        var seen = await app.Client.Store.GetAsync(Counter);
        var next = Encoding.ASCII.GetBytes($"{(seen is null ? 0 : long.Parse(seen.Value.Span, CultureInfo.InvariantCulture)) + 1}");
        // Until it is known how it ended it may have happened; also where this process dies.
        run.Begun++;
        try
        {
            await app.Client.Store.PutAsync(Counter, next, held.Fence);
        }
        catch (StaleHolderException)
        {
            run.Begun--;
            app.Cluster.Metrics.Add("guarded writes refused");
            return false;
        }
        catch (CoordinationException e) when (e.Error is CoordinationError.NoLeader or CoordinationError.TooManyRequests)
        {
            run.Begun--;
            app.Cluster.Metrics.Add("guarded writes failed");
            return false;
        }

        run.Done++;
        app.Cluster.Metrics.Add("guarded writes");
        return true;
    }

    private sealed class LockRun
    {
        public HolderBoard Board { get; } = new("lock", holders => holders.Count <= 1);

        public GuardedStore Guarded { get; } = new();

        public long Begun { get; set; }

        public long Done { get; set; }

        public async Task CheckAsync(RecipeApp app)
        {
            Guarded.Check();
            app.Cluster.Metrics.Add("late writes refused", Guarded.Refused);
            await using var held = await app.Client.Locks.AcquireAsync("lock");
            var seen = await app.Client.Store.GetAsync(Counter);
            var count = seen is null ? 0 : long.Parse(seen.Value.Span, CultureInfo.InvariantCulture);
            if (count < Done || count > Begun)
                throw new ViolationException($"the counter is {count}: {Done} increments were acknowledged, and {Begun} begun");
        }
    }
}
