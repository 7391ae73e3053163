using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using Quorate.Checking.Histories.Formats;
using Quorate.Checking.Linearizability;
using Quorate.Checking.Models;

namespace Quorate.Benchmarks.Checking;

/// <summary>How long it takes to read and check the logs of etcd in a folder, together and on one core: the first time and warm.</summary>
internal static class CheckEtcd
{
    private const int Rounds = 50;

    /// <summary>Runs the benchmark <c>check-etcd FOLDER</c>.</summary>
    public static int Run(string[] arguments)
    {
        var folder = arguments.Length > 0 ? arguments[0] : Path.Combine("..", "shared", "data", "histories", "porcupine-etcd");
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.log").Order(StringComparer.Ordinal).ToArray() : [];
        if (files.Length == 0)
        {
            Console.Error.WriteLine($"check-etcd: there is no log in '{folder}'");
            return 2;
        }
        var texts = files.Select(File.ReadAllText).ToArray();
        var cold = Measure(texts);
        var warm = Enumerable.Range(1, Rounds).Select(_ => Measure(texts)).Skip(Rounds / 2).OrderBy(m => m.Milliseconds).ToArray();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"check-etcd: {files.Length} logs, {cold.Steps} steps; cold {cold.Milliseconds:0.0} ms, of {cold.ProcessorMs:0.0} ms of processor "
            + $"time {cold.CompilationMs:0.0} ms compiling; warm median {warm[warm.Length / 2].Milliseconds:0.0} ms, best {warm[0].Milliseconds:0.0} ms"));
        return 0;
    }

    private static Round Measure(string[] texts)
    {
        var start = Stopwatch.GetTimestamp();
        var processor = Environment.CpuUsage.TotalTime;
        var compilation = JitInfo.GetCompilationTime(currentThread: true);
        var steps = 0L;
        foreach (var text in texts)
            steps += CheckOne(text);
        return new Round(
            Stopwatch.GetElapsedTime(start).TotalMilliseconds,
            (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds,
            (JitInfo.GetCompilationTime(currentThread: true) - compilation).TotalMilliseconds,
            steps);
    }

    private static long CheckOne(string text)
    {
        var history = HistoryReader.Read(text, HistoryFormat.JepsenLog);
        return LinearizabilityChecker.Check(history, new RegisterModel(compareAndSet: true)).Steps;
    }

    private sealed record Round(double Milliseconds, double ProcessorMs, double CompilationMs, long Steps);
}
