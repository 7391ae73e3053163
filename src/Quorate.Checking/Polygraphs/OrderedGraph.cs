using Quorate.Checking.Findings;

namespace Quorate.Checking.Polygraphs;

/// <summary>
/// A graph without cycles that keeps a topological order while edges come, and gives up its last edges again. Pearce and Kelly, A dynamic
/// topological sort algorithm for directed acyclic graphs, 2006.
/// </summary>
internal sealed class OrderedGraph
{
    private readonly List<int>[] outgoing;
    private readonly List<int>[] incoming;
    private readonly int[] place;
    private readonly bool[] marked;
    private readonly List<int> ahead = [];
    private readonly List<int> behind = [];
    private readonly Stack<(int From, int To)> added = new();
    private readonly Stack<int> pending = new();
    private readonly CheckBudget budget;

    /// <summary>An empty graph, in an order to begin with.</summary>
    /// <param name="order">The nodes in order.</param>
    /// <param name="budget">Pays for the searches.</param>
    public OrderedGraph(int[] order, CheckBudget budget)
    {
        this.budget = budget;
        outgoing = new List<int>[order.Length];
        incoming = new List<int>[order.Length];
        place = new int[order.Length];
        marked = new bool[order.Length];
        for (var i = 0; i < order.Length; i++)
            (place[order[i]], outgoing[i], incoming[i]) = (i, [], []);
    }

    /// <summary>How many edges there are.</summary>
    public int EdgeCount => added.Count;

    public bool IsOrdered(int from, int to) => place[from] < place[to];

    /// <summary>Adds an edge; false, and nothing is added, when it would close a cycle.</summary>
    public bool TryAdd(int from, int to)
    {
        if (from == to || !IsOrdered(from, to) && !Reorder(from, to))
            return false;
        outgoing[from].Add(to);
        incoming[to].Add(from);
        added.Push((from, to));
        return true;
    }

    /// <summary>Takes the last edges away until so many are left.</summary>
    public void BackTo(int edgeCount)
    {
        while (added.Count > edgeCount)
        {
            var (from, to) = added.Pop();
            outgoing[from].RemoveAt(outgoing[from].Count - 1);
            incoming[to].RemoveAt(incoming[to].Count - 1);
        }
    }

    // What the target reaches, and what reaches the source, between their two places, change places.
    private bool Reorder(int from, int to)
    {
        var (low, high) = (place[to], place[from]);
        var isFree = Collect(to, outgoing, ahead, node => place[node] <= high) && !marked[from];
        if (isFree)
        {
            Collect(from, incoming, behind, node => place[node] >= low);
            Exchange();
        }
        foreach (var node in ahead)
            marked[node] = false;
        foreach (var node in behind)
            marked[node] = false;
        ahead.Clear();
        behind.Clear();
        return isFree;
    }

    private bool Collect(int first, List<int>[] edges, List<int> found, Func<int, bool> isNear)
    {
        pending.Push(first);
        marked[first] = true;
        while (pending.TryPop(out var node))
        {
            found.Add(node);
            foreach (var next in edges[node])
            {
                if (marked[next] || !isNear(next))
                    continue;
                marked[next] = true;
                pending.Push(next);
            }
            budget.TryTake(1 + edges[node].Count);
        }
        return true;
    }

    private void Exchange()
    {
        behind.Sort((a, b) => place[a].CompareTo(place[b]));
        ahead.Sort((a, b) => place[a].CompareTo(place[b]));
        var places = behind.Concat(ahead).Select(n => place[n]).Order().ToArray();
        var next = 0;
        foreach (var node in behind)
            place[node] = places[next++];
        foreach (var node in ahead)
            place[node] = places[next++];
    }
}
