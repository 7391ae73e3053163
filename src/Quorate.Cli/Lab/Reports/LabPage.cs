using System.Globalization;
using Quorate.Checking.Pages;
using Quorate.Checking.Pages.Figures;
using Quorate.Checking.Pages.Witnesses;
using Quorate.Cli.Drawing;
using Quorate.Cli.Lab.Runs;

namespace Quorate.Cli.Lab.Reports;

/// <summary>The page of an experiment: its curves, its tables, and the most telling of its worlds.</summary>
internal static class LabPage
{
    /// <summary>The page of an experiment that was filmed.</summary>
    public static RunPage Of(IExperiment experiment, ExperimentResult result, ulong seed)
    {
        var film = result.Film ?? throw new ArgumentException("The experiment was not filmed.", nameof(result));
        var drawing = new RecordDrawing(film.Record, film.Machines, film.Simulated);
        var history = HistoryDrawing.Of(film.History, new HistoryDrawingOptions
        {
            FirstLane = drawing.Lanes.Count,
            Origin = ScenarioPage.Nanoseconds(film.HistoryBegan),
            ClientOf = Clients.ClientOf,
        });
        return new RunPage
        {
            Title = string.Create(CultureInfo.InvariantCulture, $"{experiment.Name}, seed {seed}: {experiment.Shows}"),
            Verdict = PageVerdict.None,
            Violation = film.Check?.Text.Trim() ?? "",
            Replay = ReportText.Replay(experiment, seed),
            Facts = Facts(experiment, result),
            Notes = [film.Caption, .. result.SetUp],
            Charts = result.Charts,
            Tables = [ClaimsOf(result), .. result.Tables],
            Lanes = [.. drawing.Lanes, .. history.Lanes],
            Messages = drawing.Messages,
            Marks = drawing.Marks,
            Spans = drawing.Spans,
            Operations = history.Operations,
            Witness = film.Check?.Witness(history),
            Focus = film.Focus is { } focus
                ? new PageWindow(ScenarioPage.Nanoseconds(focus.From), ScenarioPage.Nanoseconds(focus.To)) : null,
        };
    }

    private static PageTable ClaimsOf(ExperimentResult result) => new(
        "what theory says",
        ["", "claim", "measured"],
        [.. result.Claims.Select(c => (string[])[c.Holds ? "seen" : "not seen", c.Text, c.Measured])]);

    private static PageFact[] Facts(IExperiment experiment, ExperimentResult result) =>
    [
        new("Outcome", result.IsShown ? "shown" : "not shown"),
        new("Source", experiment.Source),
        new("Trace", FormattableString.Invariant($"{result.Worlds.TraceHash:x16}")),
    ];
}
