using Quorate.Checking.Findings;

namespace Quorate.Checking.Dependencies;

/// <summary>Shortest paths by breadth-first search, one after another over the same graph without clearing.</summary>
internal sealed class PathSearch(DependencyGraph graph, CheckBudget budget)
{
    private readonly int[] seen = new int[graph.NodeCount];
    private readonly int[] parent = new int[graph.NodeCount];
    private readonly int[] sources = new int[graph.NodeCount];
    private readonly int[] queue = new int[graph.NodeCount];
    private int generation;

    /// <summary>
    /// The edges of a shortest path over edges of some kinds within a component, or null when there is none or the budget ended.
    /// </summary>
    public List<GraphEdge>? Find(int from, int to, DependencyKind kinds, int[] components)
    {
        generation++;
        seen[from] = generation;
        queue[0] = from;
        for (var (head, tail) = (0, 1); head < tail; head++)
        {
            var node = queue[head];
            if (node == to)
                return Trace(from, to);
            for (var edge = graph.Start[node]; edge < graph.Start[node + 1]; edge++)
            {
                var target = graph.Targets[edge];
                if ((graph.Kinds[edge] & kinds) == 0 || seen[target] == generation || components[target] != components[from])
                    continue;
                seen[target] = generation;
                parent[target] = edge;
                sources[target] = node;
                queue[tail++] = target;
            }
            if (!budget.TryTake(1 + graph.Start[node + 1] - graph.Start[node]))
                return null;
        }
        return null;
    }

    private List<GraphEdge> Trace(int from, int to)
    {
        var path = new List<GraphEdge>();
        for (var node = to; node != from; node = sources[node])
            path.Add(new GraphEdge(sources[node], node, graph.Kinds[parent[node]]));
        path.Reverse();
        return path;
    }
}
