using Quorate.Cli.Scenarios.Runs;
using Quorate.Services.Recipes;

namespace Quorate.Cli.Scenarios.Recipes;

/// <summary>Read-write locks and semaphores under all faults.</summary>
internal sealed class RecipeSharing : IScenario
{
    private const int Apps = 3;
    private const int Workers = 2;
    private const int Places = 3;
    private static readonly TimeSpan WorkMax = TimeSpan.FromSeconds(2);

    public string Name => "recipe-sharing";

    public string Description => "read-write locks and semaphores under all faults: writers alone, never more holders than places";

    public SeedResult Run(RunInput seed)
    {
        var shared = new HolderBoard("shared", holders => holders.Count <= 1 || holders.All(h => h.Kind == "read"));
        var places = new HolderBoard("places", holders => holders.Count <= Places);
        return RecipeRun.Execute(Name, seed, Apps, app => Task.WhenAll(Enumerable.Range(0, Workers * 2).Select(i => i % 2 == 0
            ? app.RepeatAsync(FormattableString.Invariant($"rw{i}"), (_, patience) => ShareAsync(shared, app, patience))
            : app.RepeatAsync(FormattableString.Invariant($"places{i}"), (_, patience) => PlaceAsync(places, app, patience)))));
    }

    private static async Task ShareAsync(HolderBoard board, RecipeApp app, CancellationToken patience)
    {
        var reads = app.Random.Next(3) > 0;
        var locks = app.Client.ReadWriteLocks;
        await using var held = await (reads ? locks.AcquireReadAsync("shared", patience) : locks.AcquireWriteAsync("shared", patience));
        await HoldAsync(board, app, held, reads ? "read" : "write");
    }

    private static async Task PlaceAsync(HolderBoard board, RecipeApp app, CancellationToken patience)
    {
        await using var held = await app.Client.Semaphore.AcquireAsync("places", Places, patience);
        await HoldAsync(board, app, held, "place");
    }

    private static async Task HoldAsync(HolderBoard board, RecipeApp app, IHeld held, string kind)
    {
        board.Add(app, held, kind);
        app.Cluster.Metrics.Add($"held to {kind}");
        await app.ThinkAsync(WorkMax);
    }
}
