using Quorate.Checking.Dependencies;
using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Checking.Polygraphs;

namespace Quorate.Checking.Transactions;

/// <summary>
/// The polygraph of a history over registers: what was read, and the order asked for, are known edges; between any two chains of writers of
/// a key, one comes first, and then so do the readers of its last version. For snapshot isolation the graph is the one whose cycles have no
/// two rw edges side by side (PolySI, Huang et al. 2023).
/// </summary>
internal sealed class RegisterPolygraph
{
    private const int EdgeBytes = 16;
    private readonly RegisterTransactions transactions;
    private readonly bool snapshot;
    private readonly CheckBudget budget;
    private readonly RegisterChains chains;
    private readonly EdgeList edges;
    private readonly List<Choice> choices = [];
    private long bytes;

    private RegisterPolygraph(RegisterTransactions transactions, bool snapshot, CheckBudget budget)
    {
        this.transactions = transactions;
        this.snapshot = snapshot;
        this.budget = budget;
        chains = new RegisterChains(transactions);
        edges = new EdgeList(transactions.Operations.Count);
    }

    /// <summary>Whether some order explains the history; null when the budget ended.</summary>
    public static bool? Solve(RegisterTransactions transactions, SessionOrder order, bool snapshot, CheckBudget budget) =>
        new RegisterPolygraph(transactions, snapshot, budget).Solve(order);

    private bool? Solve(SessionOrder order)
    {
        for (var version = 0; version < transactions.Values.Count; version++)
            foreach (var reader in chains.ReadersOf(transactions.KeyOf[version], version))
                if (transactions.Writers[version] != reader)
                    edges.Add(transactions.Writers[version], reader, DependencyKind.WriteRead);
        var pairs = new List<(int Key, RegisterChains.Chain A, RegisterChains.Chain B)>();
        for (var key = 0; key < transactions.Keys.Count; key++)
        {
            if (chains.ChainsOf(key, edges) is not { } found)
                return false;
            var open = AddKey(key, found.Chains, found.HasInitial);
            if (order == SessionOrder.RealTime ? !AddByTime(key, open, pairs) : !AddAll(key, open, pairs))
                return budget.Exhausted is null ? false : null;
        }
        AddOrder(order);
        if (!snapshot && RegisterReplay.Explains(transactions, chains, edges.ToGraph()))
            return true;
        // In the order of time, so that what a choice contradicts was chosen not long before.
        foreach (var (key, first, second) in pairs.OrderBy(p => transactions.Operations[p.B.First].Invoked))
            if (!AddChoice(key, first, second))
                return null;
        var known = Mapped();
        return KnownOrder(known) is { } initial ? new PolygraphSolver(new Polygraph(initial, known, choices), budget).Solve() : false;
    }

    private bool AddAll(int key, List<RegisterChains.Chain> open, List<(int, RegisterChains.Chain, RegisterChains.Chain)> pairs)
    {
        for (var i = 0; i < open.Count; i++)
            for (var j = i + 1; j < open.Count; j++)
            {
                if (!budget.TryTake() || !budget.TryHold((pairs.Count + 1L) * EdgeBytes * 2))
                    return false;
                pairs.Add((key, open[i], open[j]));
            }
        return true;
    }

    /// <summary>
    /// Leaves open only what real time does not decide: a chain that ended, with its readers, before another began is before it without
    /// any edge; and where one side contradicts real time the other is known. False when both do, or a bound is reached.
    /// </summary>
    private bool AddByTime(int key, List<RegisterChains.Chain> open, List<(int, RegisterChains.Chain, RegisterChains.Chain)> pairs)
    {
        var operations = transactions.Operations;
        var active = new List<(RegisterChains.Chain Chain, int Ended, int LastBegun)>();
        foreach (var chain in open.OrderBy(c => operations[c.First].Invoked))
        {
            var begun = operations[chain.First].Invoked;
            active.RemoveAll(a => a.Ended < begun);
            var users = chains.ReadersOf(key, chain.Version).Append(chain.Last);
            var mine = (Chain: chain, Ended: users.Max(u => operations[u].Completed), LastBegun: users.Max(u => operations[u].Invoked));
            foreach (var other in active)
            {
                var after = operations[chain.First].Completed >= other.LastBegun;
                var before = operations[other.Chain.First].Completed >= mine.LastBegun;
                if (!after && !before || !budget.TryTake() || !budget.TryHold((pairs.Count + 1L) * EdgeBytes * 2))
                    return false;
                if (after && before)
                    pairs.Add((key, other.Chain, chain));
                else
                    AddSide(key, after ? other.Chain : chain, after ? chain : other.Chain);
            }
            active.Add(mine);
        }
        return true;
    }

    private void AddSide(int key, RegisterChains.Chain first, RegisterChains.Chain second)
    {
        edges.Add(first.Last, second.First, DependencyKind.WriteWrite);
        foreach (var reader in chains.ReadersOf(key, first.Version))
            edges.Add(reader, second.First, DependencyKind.ReadWrite);
    }

    // Nil comes before everything, and so does what was written over nil.
    private List<RegisterChains.Chain> AddKey(int key, List<RegisterChains.Chain> found, bool hasInitial)
    {
        var open = hasInitial ? found[1..] : found;
        var heads = open.Select(c => c.First).ToList();
        var readersOfNil = chains.ReadersOf(key, RegisterTransactions.Initial);
        if (hasInitial)
        {
            foreach (var reader in readersOfNil)
                if (reader != found[0].First)
                    edges.Add(reader, found[0].First, DependencyKind.ReadWrite);
            foreach (var head in heads)
                edges.Add(found[0].Last, head, DependencyKind.WriteWrite);
            ExceptItself.AddTo(edges, chains.ReadersOf(key, found[0].Version), heads);
        }
        else
        {
            ExceptItself.AddTo(edges, readersOfNil, heads);
        }
        return open;
    }

    private bool AddChoice(int key, RegisterChains.Chain a, RegisterChains.Chain b)
    {
        var choice = new Choice(Side(key, a, b), Side(key, b, a));
        choices.Add(choice);
        bytes += (choice.First.Length + choice.Second.Length + 4L) * EdgeBytes;
        return budget.TryTake(choice.First.Length) && budget.TryHold(bytes);
    }

    private (int From, int To)[] Side(int key, RegisterChains.Chain first, RegisterChains.Chain second)
    {
        var side = new List<(int, int)>();
        Map(first.Last, second.First, DependencyKind.WriteWrite, side);
        foreach (var reader in chains.ReadersOf(key, first.Version))
            Map(reader, second.First, DependencyKind.ReadWrite, side);
        return side.ToArray();
    }

    private void AddOrder(SessionOrder order)
    {
        var operations = transactions.Operations;
        if (order == SessionOrder.RealTime)
            RealTimeOrder.AddTo(operations, transactions.History.EventCount, edges, DependencyKind.RealTime);
        if (order != SessionOrder.Process)
            return;
        var last = new Dictionary<long, int>();
        for (var i = 0; i < operations.Count; i++)
        {
            if (operations[i].Outcome != HistoryOutcome.Fail && last.TryGetValue(operations[i].Process, out var before))
                edges.Add(before, i, DependencyKind.Process);
            if (operations[i].Outcome == HistoryOutcome.Ok)
                last[operations[i].Process] = i;
        }
    }

    private List<(int From, int To)> Mapped()
    {
        var graph = edges.ToGraph();
        var mapped = new List<(int, int)>(edges.Count);
        for (var node = 0; node < graph.NodeCount; node++)
            for (var edge = graph.Start[node]; edge < graph.Start[node + 1]; edge++)
                Map(node, graph.Targets[edge], graph.Kinds[edge], mapped);
        return mapped;
    }

    private void Map(int from, int to, DependencyKind kind, List<(int, int)> mapped)
    {
        if (!snapshot)
        {
            mapped.Add((from, to));
        }
        else if (kind == DependencyKind.ReadWrite)
        {
            mapped.Add((from * 2 + 1, to * 2));
        }
        else if (kind == DependencyGraph.Continued)
        {
            mapped.Add((from * 2, to * 2));
        }
        else
        {
            mapped.Add((from * 2, to * 2 + 1));
            mapped.Add((from * 2 + 1, to * 2 + 1));
        }
    }

    /// <summary>An order that the known edges agree with, the earlier completed first; null when they make a cycle.</summary>
    private int[]? KnownOrder(List<(int From, int To)> known)
    {
        var count = edges.NodeCount * (snapshot ? 2 : 1);
        var waiting = new int[count];
        var list = new EdgeList(count);
        foreach (var (from, to) in known)
        {
            waiting[to]++;
            list.Add(from, to, DependencyKind.Process);
        }
        var graph = list.ToGraph();
        var ready = new PriorityQueue<int, int>();
        for (var node = 0; node < count; node++)
            if (waiting[node] == 0)
                ready.Enqueue(node, Rank(node));
        var order = new List<int>(count);
        while (ready.TryDequeue(out var node, out _))
        {
            order.Add(node);
            for (var edge = graph.Start[node]; edge < graph.Start[node + 1]; edge++)
                if (--waiting[graph.Targets[edge]] == 0)
                    ready.Enqueue(graph.Targets[edge], Rank(graph.Targets[edge]));
        }
        return order.Count == count ? order.ToArray() : null;
    }

    private int Rank(int node)
    {
        var transaction = snapshot ? node / 2 : node;
        return transaction < transactions.Operations.Count ? transactions.Operations[transaction].Completed : -1;
    }
}
