using Quorate.Checking.Histories;
using Quorate.Checking.Pages;
using Quorate.Checking.Pages.Witnesses;
using Quorate.Simulation;
using Quorate.Simulation.Schedules;

namespace Quorate.Testing.Reports;

/// <summary>A file that is written about a failing run: its history, its schedule, a page that draws it.</summary>
public interface IFailureArtifact
{
    /// <summary>What it is called in the failure's message, such as <c>history</c>.</summary>
    string Name { get; }

    /// <summary>How its file's name ends, such as <c>.history.jsonl</c>.</summary>
    string Extension { get; }

    /// <summary>Writes it.</summary>
    /// <param name="run">The failing run.</param>
    /// <param name="output">The file.</param>
    void Write(FailedRun run, TextWriter output);
}

/// <summary>A run that failed, after it was shrunk.</summary>
/// <param name="Name">The name of the exploration.</param>
/// <param name="Violation">What was violated, with its witness.</param>
/// <param name="Schedule">The faults and operations, which replay it.</param>
/// <param name="History">What the clients did and saw.</param>
/// <param name="Rerun">
/// Runs it again in a world of other options, such as one that keeps its trace or records every message, and shows the world at its end.
/// </param>
public sealed record FailedRun(
    string Name,
    string Violation,
    Schedule Schedule,
    IReadOnlyList<HistoryEvent> History,
    Action<Func<WorldOptions, WorldOptions>, Action<World>> Rerun)
{
    /// <summary>Draws what shows the violation into the drawn history; null where the words are all there is.</summary>
    public Func<HistoryDrawing, PageWitness>? Draw { get; init; }
}
