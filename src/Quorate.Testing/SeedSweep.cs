using System.Diagnostics;
using System.Globalization;
using Quorate.Simulation.Ordering;
using Quorate.Testing.Running;

namespace Quorate.Testing;

/// <summary>Runs a range of seeds on several threads, up to the first that fails.</summary>
internal sealed class SeedSweep(string name, WorldRun run, ExploreOptions options, ulong first, ulong last, TimeSpan timeMax)
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(5);
    private readonly Lock gate = new();
    private readonly long start = Stopwatch.GetTimestamp();
    private readonly List<(ulong Seed, string Reason)> undecided = [];
    private ulong taken;
    private bool isOut;
    private bool isCut;
    private int seeds;
    private long runs;
    private long events;
    private TimeSpan simulated;
    private TimeSpan lastProgress;
    private RunOutcome? failure;

    /// <summary>What was done.</summary>
    public ExploreReport Report => new(
        seeds, runs, [.. undecided.OrderBy(u => u.Seed)], isOut && !isCut, simulated, events);

    /// <summary>Runs the seeds; the failure of the lowest seed that failed, or null.</summary>
    public RunOutcome? Run()
    {
        ParallelRuns.Threads((int)Math.Min((ulong)Math.Max(options.Jobs, 1), Math.Max(last - first, 1)), Work);
        return failure;
    }

    private void Work()
    {
        while (TryTake(out var seed))
        {
            if (options.ExhaustiveDepth > 0)
                RunAllOrders(seed);
            else
                Add(run.Run(seed, options.World with { Order = options.Order(seed) }));
            lock (gate)
                seeds++;
        }
    }

    private void RunAllOrders(ulong seed)
    {
        var tape = new ChoiceTape(options.ExhaustiveDepth, options.ExhaustiveWindow);
        for (var count = 1; !IsFailed; count++)
        {
            Add(run.Run(seed, options.World with { Order = StepOrder.Chosen(tape) }));
            if (!tape.TryAdvance())
                return;
            if (count < options.ExhaustiveRunsMax && !IsLate)
                continue;
            isCut = true;
            return;
        }
    }

    private bool IsLate => Stopwatch.GetElapsedTime(start) >= timeMax;

    private bool IsFailed
    {
        get
        {
            lock (gate)
                return failure is not null;
        }
    }

    private bool TryTake(out ulong seed)
    {
        lock (gate)
        {
            seed = first + taken;
            if (isOut || failure is not null || isCut)
                return false;
            if (IsLate)
                isCut = true;
            isOut = seed == last;
            taken++;
            return !isCut;
        }
    }

    private void Add(RunOutcome outcome)
    {
        lock (gate)
        {
            runs++;
            events += outcome.Events;
            simulated += outcome.Simulated;
            if (outcome.Undecided is { } reason)
                undecided.Add((outcome.Schedule.Seed, reason));
            // Seeds that were begun before are run to their end, so that the lowest one is reported whatever the threads did.
            if (outcome.Violation is not null && (failure is null || outcome.Schedule.Seed < failure.Schedule.Seed))
                failure = outcome;
            var elapsed = Stopwatch.GetElapsedTime(start);
            if (elapsed - lastProgress < ProgressInterval)
                return;
            lastProgress = elapsed;
            options.Progress?.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{name}: {seeds} of {last - first + 1} seeds, {elapsed.TotalSeconds:0} s"));
        }
    }
}
