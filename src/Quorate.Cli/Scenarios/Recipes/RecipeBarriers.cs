using Quorate.Cli.Scenarios.Runs;
using Quorate.Cli.Scenarios.Violations;
using Quorate.Services.Recipes;

namespace Quorate.Cli.Scenarios.Recipes;

/// <summary>Double barriers under all faults.</summary>
internal sealed class RecipeBarriers : IScenario
{
    private const int Apps = 4;
    private const int Participants = 3;
    private static readonly TimeSpan WorkMax = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LingerMax = TimeSpan.FromSeconds(20);

    public string Name => "recipe-barriers";

    public string Description => "double barriers under all faults: nobody in before enough have entered, nobody out before all have left or died";

    public SeedResult Run(RunInput seed)
    {
        var visits = new List<Visit>();
        return RecipeRun.Execute(Name, seed, Apps, app => app.RepeatAsync("barrier", (_, patience) => VisitAsync(visits, app, patience)));
    }

    private static async Task VisitAsync(List<Visit> visits, RecipeApp app, CancellationToken patience)
    {
        var visit = new Visit(app);
        visits.Add(visit);
        try
        {
            await using var passage = await app.Client.Barrier.EnterAsync("b", Participants, patience);
            (visit.Passage, visit.Round) = (passage, passage.Round);
            app.Cluster.Metrics.Add("passed in");
            CheckIn(visits, visit);
            await app.ThinkAsync(WorkMax);
            visit.IsLeaving = true;
            await passage.LeaveAsync(patience);
            app.Cluster.Metrics.Add("passed out");
            CheckOut(visits, visit);
        }
        catch (SessionLostException)
        {
            visit.LingersFor = LingerMax;
            throw;
        }
        finally
        {
            (visit.IsLeaving, visit.IsOver) = (true, true);
        }
    }

    /// <summary>Who had come for this round: passed with it, or is on the way, or gave up or died on the way.</summary>
    private static void CheckIn(List<Visit> visits, Visit visit)
    {
        var came = visits.Count(v => v.Round == visit.Round || (v.Round == 0 && (!v.IsOver || v.Ended + v.LingersFor >= visit.Began)));
        if (came < Participants)
            throw new ViolationException($"{visit.App.Name} passed in with round {visit.Round}, for which only {came} had come");
    }

    private static void CheckOut(List<Visit> visits, Visit visit)
    {
        var inside = visits.FirstOrDefault(v =>
            v.Round == visit.Round && v.App.Runs && !v.IsLeaving && v.Passage is { Lost.IsCancellationRequested: false });
        if (inside is not null)
            throw new ViolationException($"{visit.App.Name} passed out of round {visit.Round} while {inside.App.Name} was inside");
    }

    private sealed class Visit(RecipeApp app)
    {
        private bool isOver;

        public RecipeApp App => app;

        public TimeSpan Began { get; } = app.Cluster.World.Now;

        public TimeSpan Ended { get; private set; }

        /// <summary>How long its key may be there after it is over: where its session is lost, until the store ends the lease.</summary>
        public TimeSpan LingersFor { get; set; }

        public long Round { get; set; }

        public IBarrierPassage? Passage { get; set; }

        public bool IsLeaving { get; set; }

        public bool IsOver
        {
            get => isOver;
            set => (isOver, Ended) = (value, app.Cluster.World.Now);
        }
    }
}
