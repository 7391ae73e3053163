using System.Diagnostics;
using System.Globalization;
using Quorate.Cli.Scenarios;

namespace Quorate.Benchmarks.Simulation;

/// <summary>
/// <c>sim-raft-kv</c>: how many seconds of the scenario <c>raft-kv</c> a second are simulated, with five nodes, all faults, the hash of the
/// trace and the check of the history included: on one core, and on two.
/// </summary>
internal static class RaftKvBenchmark
{
    private const int Nodes = 5;
    private const int SeedsToWarm = 40;
    private const int SeedsARound = 40;
    private const int Rounds = 3;
    private const long WorkingSetMax = 200L << 20;

    public static int Run()
    {
        Measure(1, 1, 1, "the first seed");
        CheckMemory("one run");
        Measure(2, SeedsToWarm, 1, "warming up");
        var alone = new List<double>();
        for (var round = 0; round < Rounds; round++)
            alone.Add(Measure(1000 * (round + 1), SeedsARound, 1, "one core").AProcessorSecond);
        alone.Sort();
        var both = Measure(1000, Rounds * SeedsARound, 2, "two cores");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"sim-raft-kv: median {alone[Rounds / 2]:F0} simulated s a second of processor time on one core; "
            + $"on two {both.AProcessorSecond:F0} a second of each, {both.ASecond:F0} a second of the clock (goal 1000)"));
        return 0;
    }

    private static (double AProcessorSecond, double ASecond) Measure(int first, int count, int cores, string what)
    {
        using var self = Process.GetCurrentProcess();
        var (next, simulated, events) = (first - 1, 0L, 0L);
        var (allocated, collections) = (GC.GetTotalAllocatedBytes(), Collections());
        var (start, startClock) = (self.TotalProcessorTime, Stopwatch.GetTimestamp());
        void Work()
        {
            for (var seed = Interlocked.Increment(ref next); seed < first + count; seed = Interlocked.Increment(ref next))
            {
                var result = RaftKv.Run((ulong)seed, Nodes);
                if (result.Violation is { } violation)
                    throw new InvalidOperationException($"seed {seed}: {violation}");
                Interlocked.Add(ref simulated, result.Simulated.Ticks);
                Interlocked.Add(ref events, result.Events);
            }
        }
        var threads = Enumerable.Range(0, cores).Select(_ => new Thread(Work)).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        self.Refresh();
        var (used, clock) = ((self.TotalProcessorTime - start).TotalSeconds, Stopwatch.GetElapsedTime(startClock).TotalSeconds);
        var seconds = new TimeSpan(simulated).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {what}: {seconds / used:F0} simulated s a processor second, {seconds / clock:F0} a second of the clock; "
            + $"{events / seconds:F0} events, {(GC.GetTotalAllocatedBytes() - allocated) / seconds / 1024:F0} KiB allocated a simulated second; "
            + $"{Collections() - collections} collections; largest working set {self.PeakWorkingSet64 >> 20} MiB"));
        return (seconds / used, seconds / clock);
    }

    private static void CheckMemory(string what)
    {
        using var self = Process.GetCurrentProcess();
        if (self.PeakWorkingSet64 > WorkingSetMax)
            throw new InvalidOperationException($"{what} took {self.PeakWorkingSet64 >> 20} MiB; it may take {WorkingSetMax >> 20}");
    }

    private static int Collections() => GC.CollectionCount(0);
}
