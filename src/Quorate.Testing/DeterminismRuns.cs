using System.Globalization;
using Quorate.Simulation.Tracing;
using Quorate.Testing.Running;

namespace Quorate.Testing;

/// <summary>Runs seeds twice, in this process and against what another left, and finds the first step that differs.</summary>
internal sealed class DeterminismRuns(string name, WorldRun run, ExploreOptions options, string? folder)
{
    private long events;
    private TimeSpan simulated;

    /// <summary>Runs the seeds one after another.</summary>
    /// <param name="first">The first seed.</param>
    /// <param name="last">The last one.</param>
    /// <param name="failure">Makes the exception for a run and what is wrong with it.</param>
    public ExploreReport Run(ulong first, ulong last, Func<RunOutcome, string, Exception> failure)
    {
        for (var seed = first; ; seed++)
        {
            var one = Record(seed, null, failure);
            Record(seed, one, failure);
            if (folder is not null)
                CompareWithOtherProcess(seed, one, failure);
            if (seed == last)
                break;
        }
        var seeds = (int)(last - first + 1);
        return new ExploreReport(seeds, seeds * 2, [], true, simulated, events);
    }

    private TraceRecorder Record(ulong seed, TraceRecorder? expected, Func<RunOutcome, string, Exception> failure)
    {
        var recorder = new TraceRecorder(expected);
        var outcome = run.Run(seed, options.World with { Order = options.Order(seed), Recorder = recorder });
        events += outcome.Events;
        simulated += outcome.Simulated;
        // Before a difference: work that left its strand is what made it.
        if (outcome.Violation is { } violation)
            throw failure(outcome, violation);
        if (recorder.Finish() is { } difference)
            throw failure(outcome, $"the run does not depend on its seed alone: {difference}");
        return recorder;
    }

    private void CompareWithOtherProcess(ulong seed, TraceRecorder one, Func<RunOutcome, string, Exception> failure)
    {
        Directory.CreateDirectory(folder!);
        var file = Path.Combine(folder!, string.Create(CultureInfo.InvariantCulture, $"{name}-{seed}.trace"));
        if (File.Exists(file))
        {
            using var reader = new StreamReader(file);
            Record(seed, TraceRecorder.Load(reader), failure);
            return;
        }
        using var writer = new StreamWriter(file);
        one.Save(writer);
    }
}
