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
    private const int RoundsMin = 3;
    private const int TransactionsOfRounds = 500_000;
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
                var best = Enumerable.Range(0, Math.Max(RoundsMin, TransactionsOfRounds / size)).Min(_ => Check(history, model));
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

    // A store that runs each transaction whole at a random moment between its invocation and its completion.
    private static History Generate(int size, TransactionModel model)
    {
        var random = new Random(1);
        var store = new Store(model, random);
        var events = new List<HistoryEvent>(size * 2);
        var running = new (HistoryValue? Input, HistoryValue? Output)[Clients];
        for (var (begun, done) = (0, 0); done < size;)
        {
            var client = random.Next(Clients);
            ref var transaction = ref running[client];
            if (transaction.Input is null && begun < size)
            {
                transaction.Input = store.Plan();
                events.Add(new HistoryEvent(HistoryEventType.Invoke, client, "txn", null, transaction.Input));
                begun++;
            }
            else if (transaction.Input is not null && transaction.Output is null)
            {
                transaction.Output = store.Apply(transaction.Input);
            }
            else if (transaction.Output is not null)
            {
                events.Add(new HistoryEvent(HistoryEventType.Ok, client, "txn", null, transaction.Output));
                transaction = default;
                done++;
            }
        }
        return History.FromEvents(events);
    }

    private sealed class Store(TransactionModel model, Random random)
    {
        private readonly bool isList = model == TransactionModel.ListAppend;
        private readonly HistoryValue write = HistoryValue.Keyword(model == TransactionModel.ListAppend ? "append" : "w");
        private readonly HistoryValue read = HistoryValue.Keyword("r");
        private readonly HistoryValue[] numbers = Enumerable.Range(0, WritesPerKey + 1).Select(i => HistoryValue.Of(i)).ToArray();
        private readonly (int Key, int Planned)[] keys = Enumerable.Range(0, ActiveKeys).Select(k => (k, 0)).ToArray();
        private readonly List<List<HistoryValue>> state = [.. Enumerable.Range(0, ActiveKeys).Select(_ => new List<HistoryValue>())];

        public HistoryValue Plan()
        {
            var steps = new HistoryValue[random.Next(1, 5)];
            for (var i = 0; i < steps.Length; i++)
            {
                ref var key = ref keys[random.Next(ActiveKeys)];
                var isRead = random.Next(2) == 0;
                steps[i] = HistoryValue.List(
                    isRead ? read : write, HistoryValue.Of(key.Key), isRead ? HistoryValue.Nil : numbers[++key.Planned]);
                if (key.Planned < WritesPerKey)
                    continue;
                key = (state.Count, 0);
                state.Add([]);
            }
            return HistoryValue.List(steps);
        }

        public HistoryValue Apply(HistoryValue input) => HistoryValue.List(input.Items.Select(ApplyStep).ToArray());

        private HistoryValue ApplyStep(HistoryValue step)
        {
            var versions = state[(int)step.Items[1].AsInteger()!.Value];
            if (step.Items[0] == write)
            {
                versions.Add(step.Items[2]);
                return step;
            }
            var seen = isList ? HistoryValue.List([.. versions]) : versions.Count == 0 ? HistoryValue.Nil : versions[^1];
            return HistoryValue.List(read, step.Items[1], seen);
        }
    }
}
