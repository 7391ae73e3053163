using Quorate.Checking.Pages;
using Quorate.Checking.Pages.Witnesses;
using Quorate.Checking.Pages.Writing;
using Quorate.Simulation;
using Quorate.Simulation.Tracing;
using Quorate.Testing.Drawing;

namespace Quorate.Testing.Reports;

/// <summary>One page of HTML that draws the failing run: machines, messages, faults, the clients' operations, and the witness lit up.</summary>
/// <remarks>
/// Guarantee: at most 2 MB, opens without a network, keeps the witness whatever else must go. Cost: the run once more, recorded.
/// Fails when: the file cannot be written. Source: src/Quorate.Checking/Pages.
/// </remarks>
/// <param name="record">How the run is recorded, and its messages are put into words; null for their sizes.</param>
public sealed class PageArtifact(RecordOptions? record = null) : IFailureArtifact
{
    // Without a witness the last faults and operations are where to look.
    private static readonly TimeSpan LastPart = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(5);

    /// <inheritdoc/>
    public string Name => "page";

    /// <inheritdoc/>
    public string Extension => ".html";

    /// <inheritdoc/>
    public void Write(FailedRun run, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(run);
        run.Rerun(options => options with { Record = record ?? new RecordOptions() }, world => PageWriter.Write(Draw(run, world), output));
    }

    private static RunPage Draw(FailedRun run, World world)
    {
        var drawing = new RecordDrawing(world.Record!, world.Machines, world.Now);
        var history = HistoryDrawing.Of(run.History, new HistoryDrawingOptions
        {
            FirstLane = drawing.Lanes.Count,
            Origin = 0,
            ClientOf = Worlds.SimulatedClient.NumberOf,
        });
        return new RunPage
        {
            Title = FormattableString.Invariant($"{run.Name}, seed {run.Schedule.Seed}"),
            Verdict = PageVerdict.Invalid,
            Violation = run.Violation.Trim(),
            Replay = FormattableString.Invariant($"QUORATE_SCHEDULE={run.Name}-{run.Schedule.Seed}.schedule.json dotnet test --filter {run.Name}"),
            Facts = Facts(run, world),
            Lanes = [.. drawing.Lanes, .. history.Lanes],
            Messages = drawing.Messages,
            Marks = drawing.Marks,
            Spans = drawing.Spans,
            Operations = history.Operations,
            Witness = run.Draw?.Invoke(history),
            Focus = run.Draw is null ? FocusOf(run, world.Now) : null,
            Notes = world.Record!.Dropped == 0
                ? [] : [FormattableString.Invariant($"The record was full: its first {world.Record.Dropped:N0} events are gone.")],
        };
    }

    private static PageWindow FocusOf(FailedRun run, TimeSpan end)
    {
        var begins = run.Schedule.Faults.Select(f => f.At).Concat((run.Schedule.Operations ?? []).Select(o => o.At)).DefaultIfEmpty(end).ToList();
        var last = begins.Max();
        var first = begins.Where(at => at >= last - LastPart).Min();
        var until = run.Schedule.Faults.Select(f => f.End ?? f.At).Where(at => at <= last + LastPart).Append(last).Max();
        var margin = (until - first) / 2 + Margin;
        return new PageWindow(
            RecordDrawing.Nanoseconds(first > margin ? first - margin : TimeSpan.Zero),
            RecordDrawing.Nanoseconds(until + margin < end ? until + margin : end));
    }

    private static PageFact[] Facts(FailedRun run, World world) =>
    [
        new("Simulated", FormattableString.Invariant($"{world.Now.TotalSeconds:0.000} s")),
        new("Machines", FormattableString.Invariant($"{world.Machines.Count(m => !m.IsClient)}")),
        new("Faults", FormattableString.Invariant($"{run.Schedule.Faults.Count}")),
        new("Operations", FormattableString.Invariant($"{run.Schedule.Operations?.Count ?? 0}")),
        new("Steps", FormattableString.Invariant($"{world.Events:N0}")),
    ];
}
