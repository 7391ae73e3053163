using Quorate.Checking.Dependencies;
using Quorate.Checking.Findings;

namespace Quorate.Checking.Transactions;

/// <summary>Makes a finding of a cycle of edges.</summary>
internal static class CycleWitness
{
    /// <summary>The cycle between transactions alone: an edge that leads through bundling nodes is one.</summary>
    public static List<GraphEdge> Collapse(List<GraphEdge> cycle, int transactionCount)
    {
        var first = cycle.FindIndex(e => e.From < transactionCount);
        var result = new List<GraphEdge>();
        for (var i = 0; i < cycle.Count; i++)
        {
            var edge = cycle[(first + i) % cycle.Count];
            if (edge.From < transactionCount)
                result.Add(edge);
            else
                result[^1] = result[^1] with { To = edge.To };
        }
        return result;
    }

    public static Finding ToFinding(IReadOnlyList<GraphEdge> cycle, string name, string text, IDependencies dependencies)
    {
        var operations = dependencies.Operations;
        var steps = cycle.Select(edge =>
        {
            var (from, to) = (operations[edge.From], operations[edge.To]);
            if (edge.Kind is DependencyKind.Process or DependencyKind.RealTime)
                return new Dependency(from, to, edge.Kind, null, null);
            var (key, value) = dependencies.Explain(edge.From, edge.To, edge.Kind);
            return new Dependency(from, to, edge.Kind, key, value);
        }).ToArray();
        return new Finding(name, text, steps.Select(s => s.From).ToArray()) { Cycle = steps };
    }
}
