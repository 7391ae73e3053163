using System.Globalization;
using Quorate.Checking.Histories.Formats;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Simulation.Schedules;
using Quorate.Simulation.Shrinking;
using Quorate.Testing.Running;

namespace Quorate.Cli.Scenarios;

/// <summary>Runs a seed or a schedule, and cuts what fails down to a schedule of few events.</summary>
internal sealed class SeedShrink(IScenario scenario, int jobs, TimeSpan timeMax)
{
    private const int ExitViolation = 1;
    private CancellationToken stop;
    private volatile Schedule smallest = null!;
    private int runs;

    /// <summary>What is left of the schedule, once there was something to shrink.</summary>
    public Schedule? Shrunk { get; private set; }

    /// <summary>Shrinks the run of this input, and returns the exit code.</summary>
    /// <param name="input">The run.</param>
    /// <exception cref="OperationCanceledException">Its token asks for the end, before there was anything to report.</exception>
    public int Run(RunInput input)
    {
        stop = input.Stop;
        var first = scenario.Run(input);
        if (first.Violation is not { } violation)
        {
            Console.WriteLine($"{scenario.Name}, seed {input.Seed}: no violation, so nothing to shrink");
            return 0;
        }
        Console.WriteLine($"VIOLATION: {scenario.Name}, seed {input.Seed}: {violation.Split('\n')[0]}");
        Console.WriteLine($"shrinking {Describe(first.Schedule)}, for at most {timeMax.TotalSeconds:0} s");
        var shrunk = Shrink(first, violation);
        Shrunk = shrunk.Schedule;
        Report(shrunk, first);
        return ExitViolation;
    }

    private ShrinkResult Shrink(SeedResult first, string violation)
    {
        smallest = first.Schedule;
        using var progress = new ProgressLine(elapsed => string.Create(
            CultureInfo.InvariantCulture, $"{scenario.Name}: {elapsed.TotalSeconds:0} s, {runs} runs, {Describe(smallest)}"));
        var limits = new ShrinkLimits { TimeMax = timeMax, Batch = jobs, Stop = stop };
        var shrinker = new Shrinker(RunAll, limits, TimeProvider.System, (schedule, _) => smallest = schedule);
        return shrinker.Shrink(first.Schedule, violation, first.Machines);
    }

    private IReadOnlyList<string?> RunAll(IReadOnlyList<Schedule> schedules)
    {
        runs += schedules.Count;
        return ParallelRuns.All(schedules, jobs, Outcome);
    }

    private string? Outcome(Schedule schedule)
    {
        try
        {
            return scenario.Run(new RunInput(schedule.Seed, schedule, Stop: stop)).Violation;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
    }

    private static string Describe(Schedule schedule) => string.Create(
        CultureInfo.InvariantCulture,
        $"{schedule.Faults.Count} faults and {schedule.Operations?.Count ?? 0} operations in {schedule.Horizon?.TotalSeconds:0.0} s");

    private void Report(ShrinkResult shrunk, SeedResult first)
    {
        var name = $"{scenario.Name}-{first.Seed}";
        // Once more, whoever asked for the end: what is reported was seen to fail.
        var result = scenario.Run(new RunInput(first.Seed, shrunk.Schedule));
        var isVerified = FailureKind.Of(result.Violation ?? "") == FailureKind.Of(first.Violation!);
        using (var writer = new StreamWriter($"{name}.schedule.json"))
            ScheduleWriter.Write(shrunk.Schedule, writer);
        using (var writer = new StreamWriter($"{name}.history.jsonl"))
            HistoryWriter.WriteJsonLines(result.History, writer);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"shrunk to {shrunk.Schedule.Events} events: {Describe(shrunk.Schedule)}; {shrunk.Runs} runs, {shrunk.Elapsed.TotalSeconds:0.0} s"
            + $"{(isVerified ? "" : "; NOT VERIFIED: it did not fail again")}{(shrunk.IsMinimal ? "" : "; more may be possible")}"));
        foreach (var fault in shrunk.Schedule.Faults)
            Console.WriteLine($"  {fault}");
        Console.WriteLine($"VIOLATION: {(result.Violation ?? "none").TrimEnd()}");
        Console.WriteLine($"schedule: {Path.GetFullPath($"{name}.schedule.json")}");
        Console.WriteLine($"history: {Path.GetFullPath($"{name}.history.jsonl")}");
        Console.WriteLine($"replay: ./quorate sim {scenario.Name} --schedule {name}.schedule.json");
    }
}
