using Quorate.Checking.Dependencies;
using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Transactions;

/// <summary>The order that a history over registers tells.</summary>
internal sealed class RegisterDependencies : IDependencies
{
    private const int NotRead = int.MinValue;
    private readonly RegisterTransactions transactions;
    private readonly RegisterVersions versions;
    private readonly TouchedKeys touched;
    private readonly int[] seen;
    private int reader = -1;

    public RegisterDependencies(RegisterTransactions transactions)
    {
        this.transactions = transactions;
        versions = new RegisterVersions(transactions, Direct);
        touched = new TouchedKeys(transactions.Keys.Count);
        seen = new int[transactions.Keys.Count];
        new RegisterReads(transactions, Direct).Check();
    }

    public IReadOnlyList<HistoryOperation> Operations => transactions.Operations;

    public int EventCount => transactions.History.EventCount;

    public FindingList Direct { get; } = new();

    public string? Ambiguity => transactions.Ambiguity;

    public void AddEdges(EdgeList edges)
    {
        // Readers and overwriters of each version; those of nil stand behind, one place for each key.
        var (count, keys) = (transactions.Values.Count, transactions.Keys.Count);
        var readers = new List<int>?[count + keys];
        var writers = new List<int>?[count + keys];
        for (var write = 0; write < count; write++)
            AddWrite(edges, write, writers);
        for (var i = 0; i < Operations.Count; i++)
            if (Operations[i].Outcome == HistoryOutcome.Ok)
                AddReads(edges, i, readers);
        for (var version = 0; version < readers.Length; version++)
            if (readers[version] is { } before && writers[version] is { } after)
                ExceptItself.AddTo(edges, before, after);
    }

    public bool Begin(int transaction)
    {
        reader = transaction;
        touched.Clear();
        if (Operations[transaction].Outcome != HistoryOutcome.Ok)
            return false;
        var any = false;
        foreach (var step in transactions.StepsOf(transaction))
        {
            if (!touched.TryAdd(step.Key))
                continue;
            var known = step.Kind == MicroKind.Read && step.Value >= RegisterTransactions.Initial && !versions.IsBroken[step.Key];
            seen[step.Key] = known ? step.Value : NotRead;
            any |= known;
        }
        return any;
    }

    public bool Overwrote(int writer) => writer != reader && OverwrittenBy(writer) >= 0;

    public (HistoryValue Key, HistoryValue Value) Explain(int from, int to, DependencyKind kind)
    {
        if (kind == DependencyKind.ReadWrite)
        {
            Begin(from);
            return Named(OverwrittenBy(to));
        }
        foreach (var step in transactions.StepsOf(to))
        {
            var source = kind == DependencyKind.WriteRead
                ? step.Kind == MicroKind.Read ? step.Value : -1
                : step.Kind == MicroKind.Write ? versions.Parents[step.Value] : -1;
            if (source >= 0 && transactions.Writers[source] == from)
                return Named(kind == DependencyKind.WriteRead ? source : step.Value);
        }
        throw new InvalidOperationException("The edge has a reason.");
    }

    private (HistoryValue Key, HistoryValue Value) Named(int version) =>
        (transactions.Keys[transactions.KeyOf[version]], transactions.Values[version]);

    private int OverwrittenBy(int writer)
    {
        if (!transactions.IsCommitted[writer])
            return -1;
        foreach (var step in transactions.StepsOf(writer))
            if (step.Kind == MicroKind.Write && touched.Contains(step.Key) && seen[step.Key] != NotRead
                && versions.IsLater(step.Value, seen[step.Key]))
                return step.Value;
        return -1;
    }

    private void AddWrite(EdgeList edges, int write, List<int>?[] writers)
    {
        var (key, writer, parent) = (transactions.KeyOf[write], transactions.Writers[write], versions.Parents[write]);
        if (versions.IsBroken[key] || !transactions.IsCommitted[writer])
            return;
        if (parent >= 0 && transactions.Writers[parent] == writer)
            return;
        var after = writers[parent >= 0 ? parent : transactions.Values.Count + key] ??= [];
        if (after.Count == 0 || after[^1] != writer)
            after.Add(writer);
        if (parent >= 0 && transactions.IsCommitted[transactions.Writers[parent]])
            edges.Add(transactions.Writers[parent], writer, DependencyKind.WriteWrite);
    }

    private void AddReads(EdgeList edges, int transaction, List<int>?[] readers)
    {
        touched.Clear();
        foreach (var step in transactions.StepsOf(transaction))
        {
            if (!touched.TryAdd(step.Key))
                continue;
            if (step.Kind != MicroKind.Read || step.Value < RegisterTransactions.Initial)
                continue;
            if (!versions.IsBroken[step.Key])
                (readers[step.Value >= 0 ? step.Value : transactions.Values.Count + step.Key] ??= []).Add(transaction);
            if (step.Value >= 0 && transactions.IsCommitted[transactions.Writers[step.Value]]
                && transactions.Writers[step.Value] != transaction)
                edges.Add(transactions.Writers[step.Value], transaction, DependencyKind.WriteRead);
        }
    }
}
