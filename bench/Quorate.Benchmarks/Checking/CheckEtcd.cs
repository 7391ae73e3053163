using System.Diagnostics;
using System.Globalization;
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
        var times = new double[Rounds];
        var steps = 0L;
        for (var round = 0; round < Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            steps = texts.Sum(CheckOne);
            times[round] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        var warm = times.Skip(Rounds / 2).Order().ToArray();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"check-etcd: {files.Length} logs, {steps} steps; cold {times[0]:0.0} ms, warm median {warm[warm.Length / 2]:0.0} ms, best {warm[0]:0.0} ms"));
        return 0;
    }

    private static long CheckOne(string text)
    {
        var history = HistoryReader.Read(text, HistoryFormat.JepsenLog);
        return LinearizabilityChecker.Check(history, new RegisterModel(compareAndSet: true)).Steps;
    }
}
