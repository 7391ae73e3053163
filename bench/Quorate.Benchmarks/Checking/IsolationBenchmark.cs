using System.Diagnostics;
using System.Globalization;
using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Checking.Transactions;

namespace Quorate.Benchmarks.Checking;

/// <summary>
/// How long it takes to check list-append and register histories of 10^4 to 10^6 transactions on one core, by processor time; twenty
/// clients, one to four steps, ten keys at a time, 32 appends to a key.
/// </summary>
internal static class IsolationBenchmark
{
    private const int Rounds = 3;
    private const int Clients = 20;
    private const int ActiveKeys = 10;
    private const int WritesPerKey = 32;
    private static readonly int[] Sizes = [10_000, 100_000, 1_000_000];

    /// <summary>Runs the benchmark.</summary>
    public static int Run()
    {
        foreach (var model in new[] { TransactionModel.ListAppend, TransactionModel.RwRegister })
        {
            // The first run pays for compilation.
            Check(Generate(Sizes[0], model), model);
            foreach (var size in Sizes)
            {
                var history = Generate(size, model);
                var best = Enumerable.Range(0, Rounds).Min(_ => Check(history, model));
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"isolation {model}: {size} transactions, {best.TotalMilliseconds:0} ms, {size / best.TotalSeconds:0} transactions/s a core"));
            }
        }
        return 0;
    }

    private static TimeSpan Check(History history, TransactionModel model)
    {
        GC.Collect();
        var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        var report = IsolationChecker.Check(history, model);
        process.Refresh();
        var elapsed = process.TotalProcessorTime - before;
        if (report.At(IsolationLevel.StrictSerializable).Outcome != CheckOutcome.Valid)
            throw new InvalidOperationException(report.At(IsolationLevel.StrictSerializable).ToString());
        return elapsed;
    }

    // A store that runs each transaction whole at some moment between its invocation and its completion.
    private static History Generate(int size, TransactionModel model)
    {
        var random = new Random(1);
        var numbers = Enumerable.Range(0, WritesPerKey + 1).Select(i => HistoryValue.Of(i)).ToArray();
        var (append, write, read) = (HistoryValue.Keyword("append"), HistoryValue.Keyword("w"), HistoryValue.Keyword("r"));
        var keys = Enumerable.Range(0, ActiveKeys).Select(k => (Name: HistoryValue.Of(k), Written: 0)).ToArray();
        var nextKey = ActiveKeys;
        var events = new List<HistoryEvent>(size * 2);
        var open = new List<(long Process, HistoryValue Output)>();
        var idle = new Queue<long>(Enumerable.Range(0, Clients).Select(i => (long)i));
        var isList = model == TransactionModel.ListAppend;
        for (var done = 0; done < size;)
        {
            if (idle.Count > 0 && (open.Count == 0 || random.Next(2) == 0) && done + open.Count < size)
            {
                var (inputs, outputs) = (new List<HistoryValue>(), new List<HistoryValue>());
                for (var steps = random.Next(1, 5); steps > 0; steps--)
                {
                    ref var key = ref keys[random.Next(ActiveKeys)];
                    if (random.Next(2) == 0)
                    {
                        var seen = isList ? HistoryValue.List(numbers[1..(key.Written + 1)]) : key.Written == 0 ? HistoryValue.Nil : numbers[key.Written];
                        inputs.Add(HistoryValue.List(read, key.Name, HistoryValue.Nil));
                        outputs.Add(HistoryValue.List(read, key.Name, seen));
                        continue;
                    }
                    var step = HistoryValue.List(isList ? append : write, key.Name, numbers[++key.Written]);
                    inputs.Add(step);
                    outputs.Add(step);
                    if (key.Written == WritesPerKey)
                        key = (HistoryValue.Of(nextKey++), 0);
                }
                var process = idle.Dequeue();
                events.Add(new HistoryEvent(HistoryEventType.Invoke, process, "txn", null, HistoryValue.List(inputs)));
                open.Add((process, HistoryValue.List(outputs)));
                continue;
            }
            var place = random.Next(open.Count);
            events.Add(new HistoryEvent(HistoryEventType.Ok, open[place].Process, "txn", null, open[place].Output));
            idle.Enqueue(open[place].Process);
            open.RemoveAt(place);
            done++;
        }
        return History.FromEvents(events);
    }
}
