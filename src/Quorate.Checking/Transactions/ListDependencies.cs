using Quorate.Checking.Dependencies;
using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Transactions;

/// <summary>The order that a list-append history tells.</summary>
internal sealed class ListDependencies : IDependencies
{
    private const int Nobody = -1;
    private const int NotRead = int.MaxValue;
    private readonly ListTransactions transactions;
    private readonly ListVersions versions;
    private readonly TouchedKeys touched;
    private readonly int[] seen;
    private readonly int[] nextCommitted;
    private readonly int[] updaters;
    private readonly List<int>?[] unseen;
    private readonly List<int>?[] readersOfEnd;
    private int reader = Nobody;

    public ListDependencies(History history)
    {
        transactions = new ListTransactions(history);
        versions = new ListVersions(transactions);
        var keys = transactions.Keys.Count;
        touched = new TouchedKeys(keys);
        seen = new int[keys];
        unseen = new List<int>?[keys];
        readersOfEnd = new List<int>?[keys];
        nextCommitted = new int[versions.Order.Length];
        updaters = new int[versions.Order.Length + keys];
        new ListReads(transactions, versions, Direct).Check();
    }

    public IReadOnlyList<HistoryOperation> Operations => transactions.Operations;

    public int EventCount => transactions.EventCount;

    public FindingList Direct { get; } = new();

    public string? Ambiguity => transactions.Ambiguity;

    public void AddEdges(EdgeList edges)
    {
        CollectUnseen();
        for (var key = 0; key < transactions.Keys.Count; key++)
            if (!versions.IsBroken[key])
                AddVersions(edges, key);
        for (var i = 0; i < Operations.Count; i++)
            if (Operations[i].Outcome == HistoryOutcome.Ok)
                AddReads(edges, i);
        for (var key = 0; key < transactions.Keys.Count; key++)
            if (readersOfEnd[key] is { } readers && unseen[key] is { } writers)
                ExceptItself.AddTo(edges, readers, writers);
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
            var known = step.Kind == MicroKind.Read && !versions.IsBroken[step.Key];
            seen[step.Key] = known ? transactions.Lists[step.Value].Count : NotRead;
            any |= known;
        }
        return any;
    }

    public bool Overwrote(int writer) => writer != reader && OverwrittenBy(writer) >= 0;

    public (HistoryValue Key, HistoryValue Value) Explain(int from, int to, DependencyKind kind)
    {
        Begin(from);
        if (kind == DependencyKind.ReadWrite)
        {
            var later = OverwrittenBy(to);
            return (transactions.Keys[KeyOf(to, later)], transactions.Elements[later]);
        }
        foreach (var step in transactions.StepsOf(to))
        {
            var isRead = kind == DependencyKind.WriteRead;
            if (isRead != (step.Kind == MicroKind.Read))
                continue;
            var source = isRead ? LastSeen(step) : PreviousOf(step);
            if (source >= 0 && transactions.Writers[source] == from)
                return (transactions.Keys[step.Key], transactions.Elements[isRead ? source : step.Value]);
        }
        throw new InvalidOperationException("The edge has a reason.");
    }

    private int KeyOf(int transaction, int element)
    {
        foreach (var step in transactions.StepsOf(transaction))
            if (step.Kind == MicroKind.Write && step.Value == element)
                return step.Key;
        return Nobody;
    }

    /// <summary>An element that the transaction appended after what the reader saw of the key, or -1.</summary>
    private int OverwrittenBy(int writer)
    {
        foreach (var step in transactions.StepsOf(writer))
        {
            if (step.Kind != MicroKind.Write || !touched.Contains(step.Key) || seen[step.Key] == NotRead)
                continue;
            var place = versions.Places[step.Value];
            if (place >= seen[step.Key] && (place != ListVersions.Unseen || Operations[writer].Outcome == HistoryOutcome.Ok))
                return step.Value;
        }
        return Nobody;
    }

    private int LastSeen(MicroOperation read)
    {
        var length = transactions.Lists[read.Value].Count;
        return versions.IsBroken[read.Key] || length == 0 ? Nobody : versions.OrderOf(read.Key)[length - 1];
    }

    private int PreviousOf(MicroOperation write)
    {
        if (versions.IsBroken[write.Key])
            return Nobody;
        var order = versions.OrderOf(write.Key);
        for (var i = Math.Min(versions.Places[write.Value], order.Length) - 1; i >= 0; i--)
            if (IsCommitted(order[i]))
                return order[i];
        return Nobody;
    }

    private bool IsCommitted(int element) =>
        element >= 0 && Operations[transactions.Writers[element]].Outcome != HistoryOutcome.Fail;

    private void CollectUnseen()
    {
        for (var i = 0; i < Operations.Count; i++)
        {
            if (Operations[i].Outcome != HistoryOutcome.Ok)
                continue;
            foreach (var step in transactions.StepsOf(i))
            {
                if (step.Kind != MicroKind.Write || versions.Places[step.Value] != ListVersions.Unseen || versions.IsBroken[step.Key])
                    continue;
                var writers = unseen[step.Key] ??= [];
                if (writers.Count == 0 || writers[^1] != i)
                    writers.Add(i);
            }
        }
    }

    private void AddVersions(EdgeList edges, int key)
    {
        var start = versions.OrderStart[key];
        var order = versions.OrderOf(key);
        var next = Nobody;
        for (var i = order.Length - 1; i >= 0; i--)
        {
            if (IsCommitted(order[i]))
            {
                var writer = transactions.Writers[order[i]];
                if (next >= 0 && next != writer)
                    edges.Add(writer, next, DependencyKind.WriteWrite);
                else if (next < 0)
                    AddUnseen(edges, key, writer);
                next = writer;
            }
            nextCommitted[start + i] = next;
        }
    }

    private void AddUnseen(EdgeList edges, int key, int last)
    {
        if (unseen[key] is not { } writers)
            return;
        foreach (var writer in writers)
            if (writer != last)
                edges.Add(last, writer, DependencyKind.WriteWrite);
    }

    private void AddReads(EdgeList edges, int transaction)
    {
        touched.Clear();
        foreach (var step in transactions.StepsOf(transaction))
        {
            if (!touched.TryAdd(step.Key))
                continue;
            if (step.Kind == MicroKind.Read && !versions.IsBroken[step.Key])
                AddRead(edges, transaction, step);
        }
    }

    private void AddRead(EdgeList edges, int transaction, MicroOperation read)
    {
        var length = transactions.Lists[read.Value].Count;
        var last = LastSeen(read);
        if (last >= 0 && IsCommitted(last) && transactions.Writers[last] != transaction)
            edges.Add(transactions.Writers[last], transaction, DependencyKind.WriteRead);
        var next = length < versions.LengthOf(read.Key) ? nextCommitted[versions.OrderStart[read.Key] + length] : Nobody;
        if (next < 0)
        {
            if (unseen[read.Key] is not null)
                (readersOfEnd[read.Key] ??= []).Add(transaction);
        }
        else if (next != transaction)
        {
            edges.Add(transaction, next, DependencyKind.ReadWrite);
        }
        if (Updates(transaction, read.Key))
            AddUpdate(transaction, read.Key, length);
    }

    private bool Updates(int transaction, int key)
    {
        foreach (var step in transactions.StepsOf(transaction))
            if (step.Kind == MicroKind.Write && step.Key == key)
                return true;
        return false;
    }

    // Two that read the same version and both appended to it: one of them did not know of the other.
    private void AddUpdate(int transaction, int key, int length)
    {
        ref var first = ref updaters[versions.OrderStart[key] + key + length];
        if (first == 0)
        {
            first = transaction + 1;
            return;
        }
        LostUpdate(first - 1, transaction, key, length);
    }

    private void LostUpdate(int first, int second, int key, int length) => Direct.Add("lost-update", () => new Finding(
        "lost-update",
        $"two transactions read the same list of {transactions.Keys[key]} ({length} elements) and both appended to it",
        [Operations[first], Operations[second]],
        transactions.Keys[key]));
}
