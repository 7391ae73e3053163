using Quorate.Checking.Dependencies;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Transactions;

/// <summary>
/// Tries to put transactions over registers in an order that explains every read, without ever going back: the one that was completed first
/// goes first, once all that must come before it is there, and once nobody still has to read what it writes over. What it finds is a proof;
/// that it finds none says nothing. Histories of working stores are almost always explained so, in time linear up to sorting.
/// </summary>
internal sealed class RegisterReplay
{
    private readonly RegisterTransactions transactions;
    private readonly RegisterChains chains;
    private readonly DependencyGraph graph;
    private readonly PriorityQueue<int, int> ready = new();
    private readonly int[] waiting;
    private readonly int[] current;
    private readonly int[] pending;
    private readonly List<int>?[] parked;

    private RegisterReplay(RegisterTransactions transactions, RegisterChains chains, DependencyGraph graph)
    {
        this.transactions = transactions;
        this.chains = chains;
        this.graph = graph;
        var (keys, values) = (transactions.Keys.Count, transactions.Values.Count);
        waiting = new int[graph.NodeCount];
        foreach (var target in graph.Targets)
            waiting[target]++;
        current = new int[keys];
        Array.Fill(current, RegisterTransactions.Initial);
        parked = new List<int>?[keys];
        pending = new int[values + keys];
        for (var version = 0; version < values; version++)
            pending[version] = chains.ReadersOf(transactions.KeyOf[version], version).Count;
        for (var key = 0; key < keys; key++)
            pending[values + key] = chains.ReadersOf(key, RegisterTransactions.Initial).Count;
    }

    /// <summary>Whether an order was found that keeps the edges of a graph.</summary>
    public static bool Explains(RegisterTransactions transactions, RegisterChains chains, DependencyGraph graph) =>
        new RegisterReplay(transactions, chains, graph).Run();

    private bool Run()
    {
        for (var node = 0; node < waiting.Length; node++)
            if (waiting[node] == 0)
                Enqueue(node);
        var done = 0;
        while (ready.TryDequeue(out var node, out _))
        {
            if (IsTransaction(node))
            {
                if (BlockedAt(node) is var key and >= 0)
                {
                    (parked[key] ??= []).Add(node);
                    continue;
                }
                if (!Apply(node))
                    return false;
            }
            done++;
            for (var edge = graph.Start[node]; edge < graph.Start[node + 1]; edge++)
                if (--waiting[graph.Targets[edge]] == 0)
                    Enqueue(graph.Targets[edge]);
        }
        return done == graph.NodeCount;
    }

    private bool IsTransaction(int node) => node < transactions.Operations.Count && transactions.IsCommitted[node];

    private void Enqueue(int node) =>
        ready.Enqueue(node, node < transactions.Operations.Count ? transactions.Operations[node].Completed : -1);

    private int Place(int key, int version) => version >= 0 ? version : transactions.Values.Count + key;

    /// <summary>A key that the transaction writes and of which others still must read the current version; else -1.</summary>
    private int BlockedAt(int node)
    {
        foreach (var step in transactions.StepsOf(node))
        {
            if (step.Kind != MicroKind.Write)
                continue;
            var own = chains.ReadersOf(step.Key, current[step.Key]).Contains(node) ? 1 : 0;
            if (pending[Place(step.Key, current[step.Key])] > own)
                return step.Key;
        }
        return -1;
    }

    private bool Apply(int node)
    {
        var known = transactions.Operations[node].Outcome == HistoryOutcome.Ok;
        var steps = transactions.StepsOf(node);
        for (var i = 0; i < steps.Length; i++)
        {
            var (kind, key, value) = steps[i];
            if (kind != MicroKind.Read || !known || Touches(steps[..i], key))
                continue;
            if (current[key] != value)
                return false;
            if (--pending[Place(key, value)] == 0)
                Unpark(key);
        }
        foreach (var step in steps)
        {
            if (step.Kind != MicroKind.Write)
                continue;
            current[step.Key] = step.Value;
            if (pending[step.Value] == 0)
                Unpark(step.Key);
        }
        return true;
    }

    private static bool Touches(ReadOnlySpan<MicroOperation> steps, int key)
    {
        foreach (var step in steps)
            if (step.Key == key)
                return true;
        return false;
    }

    private void Unpark(int key)
    {
        foreach (var node in parked[key] ?? [])
            Enqueue(node);
        parked[key]?.Clear();
    }
}
