using Quorate.Checking.Dependencies;
using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Transactions;

/// <summary>
/// What of a graph lies on cycles at all, over edges of every kind: any cycle of fewer kinds lies in it. In a healthy history it is empty.
/// </summary>
internal sealed class CyclicPart
{
    private CyclicPart(int[] nodes, int transactionCount, DependencyGraph graph, DependencyGraph reversed)
    {
        TransactionCount = transactionCount;
        Nodes = nodes;
        Graph = graph;
        Reversed = reversed;
    }

    /// <summary>The node of the whole graph that each node of the part is; those of transactions come first, in order.</summary>
    public int[] Nodes { get; }

    /// <summary>How many of the nodes are transactions.</summary>
    public int TransactionCount { get; }

    public DependencyGraph Graph { get; }

    public DependencyGraph Reversed { get; }

    /// <summary>The part, or null when nothing lies on a cycle.</summary>
    public static CyclicPart? Of(DependencyGraph whole, IReadOnlyList<HistoryOperation> operations)
    {
        if (Components.Find(whole, (DependencyKind)byte.MaxValue) is not { } components)
            return null;
        var local = new int[whole.NodeCount];
        var nodes = new List<int>();
        for (var node = 0; node < whole.NodeCount; node++)
        {
            local[node] = nodes.Count;
            if (components[node] >= 0)
                nodes.Add(node);
        }
        var edges = new EdgeList(nodes.Count);
        foreach (var node in nodes)
            for (var edge = whole.Start[node]; edge < whole.Start[node + 1]; edge++)
                if (components[whole.Targets[edge]] == components[node])
                    edges.Add(local[node], local[whole.Targets[edge]], whole.Kinds[edge]);
        AddProcesses(edges, nodes, operations);
        return new CyclicPart(nodes.ToArray(), nodes.Count(n => n < operations.Count), edges.ToGraph(), edges.ToReversed());
    }

    // The order of a process is part of real time, so it makes no cycle of its own and is added only here.
    private static void AddProcesses(EdgeList edges, List<int> nodes, IReadOnlyList<HistoryOperation> operations)
    {
        var last = new Dictionary<long, int>();
        for (var i = 0; i < nodes.Count && nodes[i] < operations.Count; i++)
        {
            var operation = operations[nodes[i]];
            if (last.TryGetValue(operation.Process, out var before))
                edges.Add(before, i, DependencyKind.Process);
            if (operation.Outcome == HistoryOutcome.Ok)
                last[operation.Process] = i;
        }
    }
}
