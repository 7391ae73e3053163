using Quorate.Checking.Findings;

namespace Quorate.Checking.Dependencies;

/// <summary>
/// Shortest paths by breadth-first search, one after another over the same graph without clearing. Only nodes that stand for transactions
/// count; those that bundle edges, from <paramref name="firstBundle"/> on, are free.
/// </summary>
internal sealed class PathSearch(DependencyGraph graph, int firstBundle, CheckBudget budget)
{
    private readonly int[] seen = new int[graph.NodeCount];
    private readonly int[] edges = new int[graph.NodeCount];
    private readonly int[] sources = new int[graph.NodeCount];
    private List<int> near = [];
    private List<int> far = [];
    private int generation;

    /// <summary>
    /// The edges of a shortest path over edges of some kinds within a component, or null when there is none or the budget ended.
    /// </summary>
    public List<GraphEdge>? Find(int from, int to, DependencyKind kinds, int[] components)
    {
        generation++;
        seen[from] = generation;
        near.Clear();
        near.Add(from);
        for (; near.Count > 0; (near, far) = (far, near))
        {
            far.Clear();
            // Free nodes join the same round.
            for (var i = 0; i < near.Count; i++)
            {
                if (near[i] == to)
                    return Trace(from, to);
                Expand(near[i], kinds, components);
                if (!budget.TryTake(1 + graph.Start[near[i] + 1] - graph.Start[near[i]]))
                    return null;
            }
        }
        return null;
    }

    private void Expand(int node, DependencyKind kinds, int[] components)
    {
        for (var edge = graph.Start[node]; edge < graph.Start[node + 1]; edge++)
        {
            var target = graph.Targets[edge];
            if ((graph.Kinds[edge] & kinds) == 0 || seen[target] == generation || components[target] != components[node])
                continue;
            seen[target] = generation;
            edges[target] = edge;
            sources[target] = node;
            (target < firstBundle ? far : near).Add(target);
        }
    }

    private List<GraphEdge> Trace(int from, int to)
    {
        var path = new List<GraphEdge>();
        for (var node = to; node != from; node = sources[node])
            path.Add(new GraphEdge(sources[node], node, graph.Kinds[edges[node]]));
        path.Reverse();
        return path;
    }
}
