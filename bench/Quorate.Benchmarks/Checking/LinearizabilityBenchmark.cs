using System.Globalization;
using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Checking.Linearizability;
using Quorate.Checking.Models;

namespace Quorate.Benchmarks.Checking;

/// <summary>
/// How long the linearizability checks take on one core, by processor time: a million operations where a near-linear check decides, and a hundred
/// thousand where the search does; and how much memory a hostile history makes the process take.
/// </summary>
internal static class LinearizabilityBenchmark
{
    private const int Rounds = 5;
    private const int Million = 1_000_000;
    private const int Searched = 100_000;
    private static readonly string[] Models =
    [
        "register", "linearizable-set", "linearizable-queue", "linearizable-stack", "linearizable-counter", "linearizable-lock",
    ];

    /// <summary>Runs the benchmark <c>linearizability</c>, or with <c>hostile [MIB]</c> the measurement of memory.</summary>
    public static int Run(string[] arguments)
    {
        if (arguments.FirstOrDefault() == "hostile")
            return Hostile.Run(arguments[1..]);
        foreach (var model in Models)
        {
            Report(model, Million, isSearch: false);
            Report(model, Searched, isSearch: false);
        }
        Report("cas-register", Searched, isSearch: true);
        return 0;
    }

    private static void Report(string model, int operations, bool isSearch)
    {
        var history = ObjectHistories.Of(model, operations);
        var rounds = Enumerable.Range(0, Rounds).Select(_ => Check(history, model, isSearch)).ToArray();
        var best = rounds.Min();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"linearizability {model}{(isSearch ? " by search" : "")}: {operations} operations, first {rounds[0].TotalMilliseconds:0} ms, best "
            + $"{best.TotalMilliseconds:0} ms, {operations / best.TotalSeconds:0} operations/s a core"));
    }

    private static TimeSpan Check(History history, string name, bool isSearch)
    {
        GC.Collect();
        var model = HistoryModels.Named(name)!;
        var before = Environment.CpuUsage.TotalTime;
        var verdict = isSearch
            ? LinearizabilityChecker.CheckPartition(model.Partition(history).Single() with { Special = null })
            : LinearizabilityChecker.Check(history, model);
        var elapsed = Environment.CpuUsage.TotalTime - before;
        return verdict.Outcome == CheckOutcome.Valid ? elapsed : throw new InvalidOperationException($"{name}: {verdict}");
    }
}
