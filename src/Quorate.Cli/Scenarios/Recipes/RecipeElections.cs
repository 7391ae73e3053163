using System.Text;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Cli.Scenarios.Violations;

namespace Quorate.Cli.Scenarios.Recipes;

/// <summary>Elections under all faults, with observers.</summary>
internal sealed class RecipeElections : IScenario
{
    private const int Apps = 4;
    private static readonly TimeSpan WorkMax = TimeSpan.FromSeconds(4);

    public string Name => "recipe-elections";

    public string Description => "elections under all faults: one leader at a time, and observers are told of them in their order";

    public SeedResult Run(RunInput seed)
    {
        var board = new HolderBoard("leadership", holders => holders.Count <= 1);
        return RecipeRun.Execute(Name, seed, Apps, app => Task.WhenAll(
            app.RepeatAsync("campaign", (_, patience) => LeadAsync(board, app, patience)),
            app.RepeatAsync("observe", (_, patience) => ObserveAsync(app, patience))));
    }

    private static async Task LeadAsync(HolderBoard board, RecipeApp app, CancellationToken patience)
    {
        await using var leads = await app.Client.Election.CampaignAsync("e", Encoding.UTF8.GetBytes(app.Name), patience);
        var holder = board.Add(app, leads);
        for (var step = app.Random.Next(4); step > 0; step--)
        {
            await app.ThinkAsync(WorkMax);
            board.Act(holder);
            await leads.ProclaimAsync(Encoding.UTF8.GetBytes($"{app.Name} {step}"), patience);
            app.Cluster.Metrics.Add("proclaimed");
        }
    }

    private static async Task ObserveAsync(RecipeApp app, CancellationToken patience)
    {
        long newest = 0;
        await foreach (var leader in app.Client.Election.ObserveAsync("e", patience))
        {
            app.Cluster.Metrics.Add("observed");
            if (leader is null)
                continue;
            if (leader.Token < newest)
                throw new ViolationException($"{app.Name} was told of leader {leader.Token} after it knew of leader {newest}");
            newest = leader.Token;
        }
    }
}
