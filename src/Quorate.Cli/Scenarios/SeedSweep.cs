using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Quorate.Checking.Histories.Formats;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Simulation.Schedules;

namespace Quorate.Cli.Scenarios;

/// <summary>Runs a range of seeds on several threads, tells how far it is, and sums up. Each world has a thread to itself.</summary>
internal sealed class SeedSweep(IScenario scenario, ulong first, ulong last, int jobs, bool keepGoing, TextWriter? report,
    string? scheduleFile = null, Schedule? replay = null)
{
    private const int ExitViolation = 1;
    private const int ExitUndecided = 2;
    private const int ExitCancelled = 130;
    private readonly Lock gate = new();
    private readonly Lock writing = new();
    private readonly long start = Stopwatch.GetTimestamp();
    private readonly SortedDictionary<string, long> metrics = new(StringComparer.Ordinal);
    private readonly List<ulong> violations = [];
    private readonly List<ulong> undecided = [];
    private ulong taken;
    private ulong done;
    private long events;
    private TimeSpan simulated;
    private Exception? crash;

    /// <summary>The lowest of the seeds that showed a violation, or null.</summary>
    public ulong? FirstViolation => violations.Count > 0 ? violations.Min() : null;

    /// <summary>How many seeds there are, less one: the whole range of seeds is one more than a number can hold.</summary>
    private ulong Span => last - first;

    /// <summary>Runs the seeds and returns the exit code.</summary>
    /// <param name="cancellationToken">Stops, in the midst of the seeds that are running.</param>
    public int Run(CancellationToken cancellationToken)
    {
        using var progress = new ProgressLine(Progress);
        var count = (int)Math.Min((ulong)jobs - 1, Span) + 1;
        // Of the background: a seed that does not hear the order to stop does not keep the process.
        var threads = Enumerable.Range(0, count).Select(_ => new Thread(() => Work(cancellationToken)) { IsBackground = true }).ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        if (crash is not null)
            throw new InvalidOperationException($"scenario {scenario.Name} itself failed: {crash}", crash);
        Summarize();
        return violations.Count > 0 ? ExitViolation
            : cancellationToken.IsCancellationRequested ? ExitCancelled
            : undecided.Count > 0 ? ExitUndecided : 0;
    }

    private void Work(CancellationToken cancellationToken)
    {
        try
        {
            while (!cancellationToken.IsCancellationRequested && TryTake(out var seed))
                Report(scenario.Run(new RunInput(seed, replay, Stop: cancellationToken)));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The seed that ran counts as not begun.
        }
        catch (Exception e)
        {
            lock (gate)
                crash ??= e;
        }
    }

    private bool TryTake(out ulong seed)
    {
        lock (gate)
        {
            seed = first + taken;
            if (crash is not null || taken > Span || (violations.Count > 0 && !keepGoing))
                return false;
            taken++;
            return true;
        }
    }

    private void Report(SeedResult result)
    {
        lock (gate)
        {
            done++;
            events += result.Events;
            simulated += result.Simulated;
            foreach (var (name, count) in result.Metrics)
                metrics[name] = metrics.GetValueOrDefault(name) + count;
            if (result.Undecided is { } reason)
            {
                undecided.Add(result.Seed);
                Console.WriteLine($"undecided: seed {result.Seed}: {reason}");
            }
            if (result.Violation is not null)
                ReportViolation(result);
        }

        // A reader of the report that is slow keeps nobody from hearing how far it is.
        lock (writing)
            report?.WriteLine(ToJson(result));
    }

    private string Progress(TimeSpan elapsed)
    {
        lock (gate)
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{scenario.Name}: {done} of {(decimal)Span + 1} seeds, {elapsed.TotalSeconds:0} s, {violations.Count} violations");
    }

    private void ReportViolation(SeedResult result)
    {
        violations.Add(result.Seed);
        var file = $"{scenario.Name}-{result.Seed}.history.jsonl";
        using (var writer = new StreamWriter(file))
            HistoryWriter.WriteJsonLines(result.History, writer);
        Console.WriteLine($"VIOLATION: {scenario.Name}, seed {result.Seed}: {result.Violation!.TrimEnd()}");
        Console.WriteLine($"history: {Path.GetFullPath(file)}");
        Console.WriteLine($"replay: ./quorate sim {scenario.Name} {(scheduleFile is null ? $"--seed {result.Seed}" : $"--schedule {scheduleFile}")}");
    }

    private void Summarize()
    {
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{scenario.Name}: {done} seeds, {violations.Count} violations, {undecided.Count} undecided; "
            + $"{simulated.TotalSeconds:0} simulated seconds and {events} events in {elapsed:0.0} s "
            + $"({simulated.TotalSeconds / elapsed:0} simulated seconds a second)"));
        foreach (var (name, count) in metrics)
            Console.WriteLine($"  {name,-24} {count}");
        if (violations.Count > 0)
            Console.WriteLine(
                $"seeds with violations: {string.Join(' ', violations.Order().Take(50))}{(violations.Count > 50 ? " ..." : "")}");
    }

    private string ToJson(SeedResult result) => JsonSerializer.Serialize(new
    {
        scenario = scenario.Name,
        seed = result.Seed,
        verdict = result.Violation is not null ? "violation" : result.Undecided is not null ? "undecided" : "ok",
        violation = result.Violation,
        undecided = result.Undecided,
        simulatedSeconds = result.Simulated.TotalSeconds,
        events = result.Events,
        traceHash = result.TraceHash.ToString("x16", CultureInfo.InvariantCulture),
        metrics = result.Metrics,
    });
}
