using System.Globalization;
using Quorate.Checking.ModelChecking;

namespace Quorate.Cli.Models;

/// <summary>Checks one model at the command line: progress on standard error, the verdict on standard output, and the exit code.</summary>
/// <param name="name">The model's name, with its size.</param>
/// <param name="model">The model.</param>
/// <param name="lanes">Who takes part, as the steps call them.</param>
/// <param name="reduction">What was reduced by symmetry; null where each state stands for itself.</param>
internal sealed class ModelRun(string name, IModel model, IReadOnlyList<string> lanes, ModelReduction? reduction = null)
{
    private static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(1);
    private readonly TimeProvider clock = TimeProvider.System;
    private long started;
    private long reported;
    private long statesReported;

    /// <summary>Checks it; returns the exit code: 0 holds, 1 violated, 2 unknown.</summary>
    /// <param name="options">How, and how far.</param>
    /// <param name="draw">Is handed what was found, the model that has the path, and who takes part; null for nobody.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    public int Run(ModelOptions options, Action<string, ModelVerdict, IModel, IReadOnlyList<string>>? draw, CancellationToken cancellationToken)
    {
        started = reported = clock.GetTimestamp();
        var verdict = ModelChecker.Check(model, options with { Progress = Report }, cancellationToken);
        Console.WriteLine($"{verdict.Outcome.ToString().ToLowerInvariant()}: {name}: {Size(verdict)}");
        if (verdict.Reason is { } reason)
            Console.WriteLine($"  {reason}");
        if (verdict.Outcome == ModelOutcome.Violated)
            Explain(verdict = Unmixed(verdict, options, cancellationToken));
        else if (verdict.Outcome == ModelOutcome.Holds)
            Console.WriteLine($"  checked: {string.Join("; ", model.Properties.Select(p => p.ToString()).Prepend("the invariants"))}");
        draw?.Invoke(name, verdict, reduction is null ? model : reduction.Whole(), lanes);
        return (int)verdict.Outcome;
    }

    // The path of a reduced model mixes names. Within its length the whole model has the same violation, under names that stay.
    private ModelVerdict Unmixed(ModelVerdict verdict, ModelOptions options, CancellationToken cancellationToken)
    {
        if (reduction is null || verdict.Path.Count == 0)
            return verdict;
        var whole = ModelChecker.Check(reduction.Whole(), options with { Progress = Report }, cancellationToken);
        if (whole.Outcome == ModelOutcome.Violated)
            return whole;
        Console.WriteLine("  a step is right up to the names of those that are alike");
        return verdict;
    }

    private static void Explain(ModelVerdict verdict)
    {
        Console.WriteLine($"  {verdict.Violation}");
        foreach (var action in verdict.Path)
            Console.WriteLine($"    {action}");
        if (verdict.Cycle.Count > 0)
            Console.WriteLine("  and then for ever");
        foreach (var action in verdict.Cycle)
            Console.WriteLine($"    {action}");
    }

    private string Size(ModelVerdict verdict)
    {
        var seconds = clock.GetElapsedTime(started).TotalSeconds;
        var stands = reduction is null ? "" : $" that stand for {reduction.Represented()}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{verdict.States} states{stands}, {verdict.Steps} steps, depth {verdict.Depth}, {seconds:0.0} s, {verdict.MemoryBytes >> 20} MiB, "
            + $"chance of a miss {verdict.MissChance:0.0e+0}");
    }

    private void Report(ModelProgress progress)
    {
        var now = clock.GetTimestamp();
        var passed = clock.GetElapsedTime(reported, now);
        if (passed < BetweenReports)
            return;
        var rate = (progress.States - statesReported) / passed.TotalSeconds;
        (reported, statesReported) = (now, progress.States);
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{progress.States} states, depth {progress.Depth}, {rate:0} states/s, {progress.Frontier} to explore, "
            + $"{progress.MemoryBytes >> 20} MiB"));
    }
}

/// <summary>A model that was reduced by symmetry.</summary>
/// <param name="Represented">How many states the visited ones stand for.</param>
/// <param name="Whole">Makes the model without the reduction.</param>
internal sealed record ModelReduction(Func<long> Represented, Func<IModel> Whole);
