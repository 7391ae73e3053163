using Quorate.Checking.Dependencies;
using Quorate.Checking.Findings;

namespace Quorate.Checking.Transactions;

/// <summary>
/// The graph whose cycles are those cycles of another in which no two rw edges follow each other: node <c>2n</c> is node <c>n</c>
/// reached by an rw edge, node <c>2n + 1</c> reached by another. Cerone and Gotsman (2016, theorem 9): these are what snapshot isolation
/// rules out.
/// </summary>
internal static class NonadjacentProduct
{
    public static DependencyGraph Of(DependencyGraph graph)
    {
        var edges = new EdgeList(graph.NodeCount * 2);
        for (var node = 0; node < graph.NodeCount; node++)
            for (var edge = graph.Start[node]; edge < graph.Start[node + 1]; edge++)
            {
                var (target, kind) = (graph.Targets[edge], graph.Kinds[edge]);
                if (kind == DependencyKind.ReadWrite)
                {
                    edges.Add(node * 2 + 1, target * 2, kind);
                }
                else if (kind == DependencyGraph.Continued)
                {
                    edges.Add(node * 2, target * 2, kind);
                }
                else
                {
                    edges.Add(node * 2, target * 2 + 1, kind);
                    edges.Add(node * 2 + 1, target * 2 + 1, kind);
                }
            }
        return edges.ToGraph();
    }
}
