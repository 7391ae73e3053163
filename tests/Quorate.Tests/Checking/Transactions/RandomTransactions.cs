using Quorate.Checking.Histories;
using Quorate.Checking.Transactions;

namespace Quorate.Tests.Checking.Transactions;

/// <summary>How the small store of the tests runs transactions.</summary>
internal enum StoreLevel
{
    /// <summary>One after another, each at its commit.</summary>
    Serial,

    /// <summary>From a snapshot; the first of two that write the same key wins.</summary>
    Snapshot,

    /// <summary>From a snapshot that may be of any earlier moment.</summary>
    StaleSnapshot,

    /// <summary>Each step sees what is committed at its moment, and writes go in at once when it commits.</summary>
    ReadCommitted,

    /// <summary>Each step sees and writes at once, committed or not.</summary>
    Dirty,
}

/// <summary>Histories of a small store in memory, which runs transactions in steps that interleave, at a level of one's choice.</summary>
internal sealed class RandomTransactions(Random random, TransactionModel model, StoreLevel level)
{
    private readonly List<HistoryEvent> events = [];
    private readonly List<Dictionary<int, List<int>>> moments = [[]];
    private readonly List<(int Moment, int Key)> commits = [];
    private readonly List<Running> running = [];
    private int nextValue = 1;

    public int Keys { get; init; } = 2;

    public int StepsMax { get; init; } = 3;

    /// <summary>Of a hundred transactions so many fail, and so many have an unknown outcome.</summary>
    public int Failures { get; init; } = 8;

    public History Run(int transactions, int processes, bool readAllAtEnd = true)
    {
        var left = transactions;
        while (left > 0 || running.Count > 0)
        {
            var process = random.Next(processes);
            var current = running.Find(r => r.Process == process);
            if (current is null && left > 0)
                Begin(process, Plan(), left--);
            else if (current is not null && current.Next < current.Plan.Count)
                Step(current);
            else if (current is not null)
                End(current);
        }
        if (readAllAtEnd)
            ReadAll();
        return History.FromEvents(events);
    }

    private void ReadAll()
    {
        Begin(1000, Enumerable.Range(0, Keys).Select(k => (false, k, 0)).ToList(), 0);
        var last = running[^1];
        last.Snapshot = moments.Count - 1;
        while (last.Next < last.Plan.Count)
            Step(last);
        running.Remove(last);
        Record(last, HistoryEventType.Ok, last.Results);
    }

    private List<(bool IsWrite, int Key, int Value)> Plan() => Enumerable.Range(0, 1 + random.Next(StepsMax))
        .Select(_ => random.Next(2) == 0 ? (true, random.Next(Keys), nextValue++) : (false, random.Next(Keys), 0)).ToList();

    private void Begin(int process, List<(bool, int, int)> plan, int _)
    {
        var snapshot = level == StoreLevel.StaleSnapshot ? random.Next(moments.Count) : moments.Count - 1;
        var transaction = new Running(process, plan) { Snapshot = snapshot };
        running.Add(transaction);
        Record(transaction, HistoryEventType.Invoke, plan.Select(p => Shown(p, null)).ToList());
    }

    private void Step(Running transaction)
    {
        var step = transaction.Plan[transaction.Next++];
        if (level == StoreLevel.Serial)
            return;
        Apply(transaction, step, level switch
        {
            StoreLevel.Snapshot or StoreLevel.StaleSnapshot => moments[transaction.Snapshot],
            _ => moments[^1],
        });
    }

    private void Apply(Running transaction, (bool IsWrite, int Key, int Value) step, Dictionary<int, List<int>> state)
    {
        var own = transaction.Writes;
        if (step.IsWrite)
        {
            own.Add((step.Key, step.Value));
            if (level == StoreLevel.Dirty)
                Install([(step.Key, step.Value)]);
            transaction.Results.Add(Shown(step, null));
            return;
        }
        var seen = new List<int>(state.GetValueOrDefault(step.Key) ?? []);
        if (level != StoreLevel.Dirty)
            seen.AddRange(own.Where(w => w.Key == step.Key).Select(w => w.Value));
        transaction.Results.Add(Shown(step, seen));
    }

    private void End(Running transaction)
    {
        running.Remove(transaction);
        if (level == StoreLevel.Serial)
            foreach (var step in transaction.Plan)
                Apply(transaction, step, moments[^1]);
        var conflict = level is StoreLevel.Snapshot or StoreLevel.StaleSnapshot
            && commits.Any(c => c.Moment > transaction.Snapshot && transaction.Writes.Any(w => w.Key == c.Key));
        var luck = random.Next(100);
        if (conflict || luck < Failures)
        {
            Record(transaction, HistoryEventType.Fail, transaction.Plan.Select(p => Shown(p, null)).ToList());
            return;
        }
        if (level != StoreLevel.Dirty && luck is < 94 or > 97)
            Install(transaction.Writes);
        else if (level != StoreLevel.Dirty && random.Next(2) == 0)
            Install(transaction.Writes);
        else if (level != StoreLevel.Dirty)
            luck = 95;
        var isUnknown = luck is >= 94 and <= 97;
        Record(transaction, isUnknown ? HistoryEventType.Unknown : HistoryEventType.Ok,
            isUnknown ? transaction.Plan.Select(p => Shown(p, null)).ToList() : transaction.Results);
    }

    private void Install(List<(int Key, int Value)> writes)
    {
        var next = new Dictionary<int, List<int>>(moments[^1]);
        foreach (var (key, value) in writes)
        {
            next[key] = [.. next.GetValueOrDefault(key) ?? [], value];
            commits.Add((moments.Count, key));
        }
        moments.Add(next);
    }

    private void Record(Running transaction, HistoryEventType type, List<HistoryValue> steps) =>
        events.Add(new HistoryEvent(type, transaction.Process, "txn", null, HistoryValue.List(steps.ToArray())));

    private HistoryValue Shown((bool IsWrite, int Key, int Value) step, List<int>? seen)
    {
        var isList = model == TransactionModel.ListAppend;
        var name = step.IsWrite ? isList ? "append" : "w" : "r";
        var value = step.IsWrite ? HistoryValue.Of(step.Value)
            : seen is null ? HistoryValue.Nil
            : isList ? HistoryValue.List(seen.Select(v => HistoryValue.Of(v)).ToArray())
            : seen.Count == 0 ? HistoryValue.Nil : HistoryValue.Of(seen[^1]);
        return HistoryValue.List(HistoryValue.Keyword(name), HistoryValue.Of(step.Key), value);
    }

    private sealed class Running(int process, List<(bool IsWrite, int Key, int Value)> plan)
    {
        public int Process { get; } = process;

        public List<(bool IsWrite, int Key, int Value)> Plan { get; } = plan;

        public int Next { get; set; }

        public int Snapshot { get; set; }

        public List<(int Key, int Value)> Writes { get; } = [];

        public List<HistoryValue> Results { get; } = [];
    }
}
