using System.Globalization;
using Quorate.Checking.Pages;
using Quorate.Checking.Pages.Witnesses;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Cli.Scenarios.Workloads;
using Quorate.Simulation.Tracing;
using Quorate.Testing.Drawing;

namespace Quorate.Cli.Drawing;

/// <summary>The page of a scenario's run: what the world recorded, what the clients saw, and what is wrong with it.</summary>
internal static class ScenarioPage
{
    // Without a witness the end is where to look: there the run failed, or was checked.
    private static readonly TimeSpan LastPart = TimeSpan.FromSeconds(3);

    /// <summary>Runs it again, recorded, and writes its page.</summary>
    /// <param name="file">Where to.</param>
    /// <param name="scenario">The scenario.</param>
    /// <param name="input">What to run.</param>
    /// <param name="scheduleFile">The schedule's file, for the line that replays it; null where the seed decides.</param>
    public static void Write(string file, IScenario scenario, RunInput input, string? scheduleFile)
    {
        var record = new RecordOptions { Streams = () => new PeerLabeler() };
        var result = scenario.Run(input with { Record = record });
        var how = scheduleFile is null ? string.Create(CultureInfo.InvariantCulture, $"--seed {input.Seed}") : $"--schedule {scheduleFile}";
        PageFile.Write(file, Of(scenario, result, $"./quorate sim {scenario.Name} {how}"));
    }

    /// <summary>The page of a recorded run.</summary>
    public static RunPage Of(IScenario scenario, SeedResult result, string replay)
    {
        var film = result.Film!;
        var drawing = new RecordDrawing(film.Record, film.Machines, result.Simulated);
        var history = HistoryDrawing.Of(result.History, new HistoryDrawingOptions
        {
            FirstLane = drawing.Lanes.Count,
            Origin = RecordDrawing.Nanoseconds(film.HistoryBegan),
            ClientOf = RecordedCalls.ClientOf,
        });
        var end = RecordDrawing.Nanoseconds(result.Simulated);
        return new RunPage
        {
            Title = string.Create(CultureInfo.InvariantCulture, $"{scenario.Name}, seed {result.Seed}"),
            Verdict = result.Violation is not null ? PageVerdict.Invalid
                : result.Undecided is not null ? PageVerdict.Unknown : PageVerdict.Valid,
            Violation = result.Violation?.Trim() ?? result.Undecided ?? "",
            Replay = replay,
            Facts = Facts(scenario, result),
            Lanes = [.. drawing.Lanes, .. history.Lanes],
            Messages = drawing.Messages,
            Marks = drawing.Marks,
            Spans = drawing.Spans,
            Operations = history.Operations,
            Witness = film.Witness is { } witness ? WitnessDrawing.Of(history, witness) : null,
            Focus = film.Witness is null && result.Violation is not null
                ? new PageWindow(Math.Max(0, end - RecordDrawing.Nanoseconds(LastPart)), end) : null,
            Notes = film.Record.Dropped == 0
                ? [] : [FormattableString.Invariant($"The record was full: its first {film.Record.Dropped:N0} events are gone.")],
        };
    }

    private static PageFact[] Facts(IScenario scenario, SeedResult result) =>
    [
        new("Scenario", scenario.Description),
        new("Simulated", FormattableString.Invariant($"{result.Simulated.TotalSeconds:0.000} s")),
        new("Machines", FormattableString.Invariant($"{result.Machines}")),
        new("Steps", FormattableString.Invariant($"{result.Events:N0}")),
        new("Trace", FormattableString.Invariant($"{result.TraceHash:x16}")),
    ];
}
