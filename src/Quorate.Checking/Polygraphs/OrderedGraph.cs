using Quorate.Checking.Findings;

namespace Quorate.Checking.Polygraphs;

/// <summary>
/// A graph without cycles that keeps a topological order while edges come, and gives up its last edges again. Pearce and Kelly, A dynamic
/// topological sort algorithm for directed acyclic graphs, 2006.
/// </summary>
internal sealed class OrderedGraph
{
    private const int None = -1;
    private readonly Links outgoing;
    private readonly Links incoming;
    private readonly int[] place;
    private readonly bool[] marked;
    private readonly List<int> ahead = [];
    private readonly List<int> behind = [];
    private readonly List<(int From, int To)> added = [];
    private readonly Stack<int> pending = new();
    private readonly CheckBudget budget;
    private readonly int[] reachedBy;
    private readonly List<int> cycle = [];

    /// <summary>An empty graph, in an order to begin with.</summary>
    /// <param name="order">The nodes in order.</param>
    /// <param name="budget">Pays for the searches.</param>
    public OrderedGraph(int[] order, CheckBudget budget)
    {
        this.budget = budget;
        outgoing = new Links(order.Length);
        incoming = new Links(order.Length);
        place = new int[order.Length];
        marked = new bool[order.Length];
        reachedBy = new int[order.Length];
        for (var i = 0; i < order.Length; i++)
            place[order[i]] = i;
    }

    /// <summary>How many edges there are.</summary>
    public int EdgeCount => added.Count;

    /// <summary>The numbers of the edges that closed a cycle with the last one that could not be added; the first edge of all is 0.</summary>
    public IReadOnlyList<int> Cycle => cycle;

    public bool IsOrdered(int from, int to) => place[from] < place[to];

    /// <summary>Adds an edge; false, and nothing is added, when it would close a cycle.</summary>
    public bool TryAdd(int from, int to)
    {
        cycle.Clear();
        if (from == to || !IsOrdered(from, to) && !Reorder(from, to))
            return false;
        outgoing.Push(from, to);
        incoming.Push(to, from);
        added.Add((from, to));
        return true;
    }

    /// <summary>Takes the last edges away until so many are left.</summary>
    public void BackTo(int edgeCount)
    {
        while (added.Count > edgeCount)
        {
            var (from, to) = added[^1];
            added.RemoveAt(added.Count - 1);
            outgoing.Pop(from);
            incoming.Pop(to);
        }
    }

    // What the target reaches, and what reaches the source, between their two places, change places.
    private bool Reorder(int from, int to)
    {
        var (low, high) = (place[to], place[from]);
        Collect(to, outgoing, ahead, low, high);
        var isFree = !marked[from];
        for (var node = from; !isFree && node != to; node = added[reachedBy[node]].From)
            cycle.Add(reachedBy[node]);
        if (isFree)
        {
            Collect(from, incoming, behind, low, high);
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

    private void Collect(int first, Links links, List<int> found, int low, int high)
    {
        pending.Push(first);
        marked[first] = true;
        var steps = 1;
        while (pending.TryPop(out var node))
        {
            found.Add(node);
            for (var link = links.First[node]; link != None; link = links.Next[link])
            {
                var next = links.Target[link];
                steps++;
                if (marked[next] || place[next] < low || place[next] > high)
                    continue;
                marked[next] = true;
                reachedBy[next] = link;
                pending.Push(next);
            }
        }
        budget.TryTake(steps);
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

    /// <summary>The edges of each node in a list from the last to the first; edges go in the opposite order to that in which they came.</summary>
    private sealed class Links
    {
        public Links(int nodes)
        {
            First = new int[nodes];
            Array.Fill(First, None);
        }

        public int[] First { get; }

        public List<int> Next { get; } = [];

        public List<int> Target { get; } = [];

        public void Push(int node, int target)
        {
            Next.Add(First[node]);
            Target.Add(target);
            First[node] = Next.Count - 1;
        }

        public void Pop(int node)
        {
            First[node] = Next[^1];
            Next.RemoveAt(Next.Count - 1);
            Target.RemoveAt(Target.Count - 1);
        }
    }
}
