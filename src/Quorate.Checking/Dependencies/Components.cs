using Quorate.Checking.Findings;

namespace Quorate.Checking.Dependencies;

/// <summary>The strongly connected components of a graph, over edges of some kinds.</summary>
/// <remarks>Tarjan (1972) with the single array of Pearce (2016), and with a stack of its own: a history may be millions deep.</remarks>
internal sealed class Components
{
    private readonly DependencyGraph graph;
    private readonly DependencyKind kinds;
    private readonly int[] rank;
    private readonly int[] cursor;
    private readonly int[] path;
    private readonly int[] waiting;
    private readonly bool[] isRoot;
    private int pathLength;
    private int waitingCount;
    private int index = 1;
    private int component;

    private Components(DependencyGraph graph, DependencyKind kinds)
    {
        this.graph = graph;
        this.kinds = kinds;
        var count = graph.NodeCount;
        rank = new int[count];
        cursor = new int[count];
        path = new int[count];
        waiting = new int[count];
        isRoot = new bool[count];
        component = count - 1;
    }

    /// <summary>
    /// The component of each node, or null when no node can reach itself. Two nodes are of one component when they have the same number;
    /// a node alone has -1.
    /// </summary>
    public static int[]? Find(DependencyGraph graph, DependencyKind kinds)
    {
        var search = new Components(graph, kinds);
        for (var node = 0; node < graph.NodeCount; node++)
            if (search.rank[node] == 0)
                search.Visit(node);
        return search.Shared();
    }

    private void Visit(int first)
    {
        Enter(first);
        while (pathLength > 0)
        {
            var node = path[pathLength - 1];
            var end = graph.Start[node + 1];
            var edge = cursor[node];
            var entered = false;
            for (; edge < end; edge++)
            {
                if ((graph.Kinds[edge] & kinds) == 0)
                    continue;
                var target = graph.Targets[edge];
                if (rank[target] == 0)
                {
                    // The edge is looked at again on return, then with the target's rank.
                    cursor[node] = edge;
                    Enter(target);
                    entered = true;
                    break;
                }
                if (rank[target] < rank[node])
                {
                    rank[node] = rank[target];
                    isRoot[node] = false;
                }
            }
            if (!entered)
                Leave(node);
        }
    }

    private void Enter(int node)
    {
        rank[node] = index++;
        isRoot[node] = true;
        cursor[node] = graph.Start[node];
        path[pathLength++] = node;
    }

    private void Leave(int node)
    {
        pathLength--;
        if (!isRoot[node])
        {
            waiting[waitingCount++] = node;
            return;
        }
        index--;
        while (waitingCount > 0 && rank[node] <= rank[waiting[waitingCount - 1]])
        {
            rank[waiting[--waitingCount]] = component + graph.NodeCount + 1;
            index--;
        }
        rank[node] = component + graph.NodeCount + 1;
        component--;
    }

    // Ranks of finished nodes lie above those of nodes under way, so that edges to them are passed over.
    private int[]? Shared()
    {
        var lowest = component + graph.NodeCount + 2;
        var sizes = new int[graph.NodeCount - component];
        var found = false;
        foreach (var r in rank)
            found |= ++sizes[r - lowest] > 1;
        if (!found)
            return null;
        for (var node = 0; node < rank.Length; node++)
            rank[node] = sizes[rank[node] - lowest] > 1 ? rank[node] - lowest : -1;
        return rank;
    }
}
