using System.Globalization;
using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Checking.Linearizability;
using Quorate.Checking.Models;

namespace Quorate.Benchmarks.Checking;

/// <summary>
/// Histories that no search can decide: everything at once, and then an answer that nothing explains. What the process takes in memory, as the system
/// counts it, beyond what it took before, is held against the bound.
/// </summary>
internal static class Hostile
{
    private const int AtOnce = 30;
    private const int BoundMiB = 256;
    private static readonly (string Model, string Function)[] Kinds =
    [
        ("cas-register", "write"), ("kv", "append"), ("linearizable-counter", "add"), ("linearizable-queue", "enqueue"),
        ("linearizable-stack", "push"), ("linearizable-set", "add"),
    ];

    /// <summary>Runs <c>linearizability hostile MIB [MODEL]</c>.</summary>
    public static int Run(string[] arguments)
    {
        var bound = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : BoundMiB;
        var chosen = arguments.Length > 1 ? arguments[1] : Kinds[0].Model;
        var (model, function) = Kinds.First(k => k.Model == chosen);
        var history = AllAtOnce(model, function);
        // The code is compiled before the measurement begins.
        Check(history, model, 1L << 20);
        GC.Collect();
        var before = PeakBytes();
        var verdict = Check(history, model, (long)bound << 20);
        var taken = PeakBytes() - before;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"linearizability hostile {model}: {verdict.Outcome}, {verdict.Reason}; {verdict.Steps} steps; the process took {taken >> 20} MiB more, "
            + $"bound {bound} MiB"));
        return verdict.Outcome == CheckOutcome.Unknown && taken <= (long)bound << 20 ? 0 : 1;
    }

    private static Verdict Check(History history, string model, long bytes) => LinearizabilityChecker.Check(
        history, HistoryModels.Named(model)!, new CheckLimits { MemoryBytesMax = bytes, StepsMax = long.MaxValue });

    private static long PeakBytes()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    private static History AllAtOnce(string model, string function)
    {
        var events = new List<HistoryEvent>();
        var key = model == "kv" ? HistoryValue.Of("k") : null;
        for (var i = 0; i < AtOnce; i++)
            events.Add(new HistoryEvent(HistoryEventType.Invoke, i, function, key, ValueOf(model, i)));
        for (var i = 0; i < AtOnce; i++)
            events.Add(new HistoryEvent(HistoryEventType.Ok, i, function, key, ValueOf(model, i)));
        // Something that the near-linear checks do not take, and that nothing explains.
        var (read, answer) = model switch
        {
            "linearizable-queue" => ("dequeue", HistoryValue.Of(AtOnce)),
            "linearizable-stack" => ("pop", HistoryValue.Of(AtOnce)),
            "linearizable-set" => ("read", HistoryValue.List(HistoryValue.Of(AtOnce))),
            "kv" => ("get", HistoryValue.Of("none")),
            _ => ("read", HistoryValue.Of(-1)),
        };
        events.Add(new HistoryEvent(HistoryEventType.Invoke, 0, read, key, HistoryValue.Nil));
        events.Add(new HistoryEvent(HistoryEventType.Ok, 0, read, key, answer));
        return History.FromEvents(events);
    }

    // One value twice where the near-linear checks need all different, amounts that make every sum, and texts of one letter.
    private static HistoryValue ValueOf(string model, int i) => model switch
    {
        "linearizable-counter" => HistoryValue.Of(1L << i),
        "kv" => HistoryValue.Of(((char)('A' + i)).ToString()),
        _ => HistoryValue.Of(Math.Max(i, 1)),
    };
}
