using Quorate.Checking.Dependencies;
using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Transactions;

/// <summary>Looks for the cycles that levels rule out, in the part of the graph that has any.</summary>
internal sealed class CycleTests
{
    private const DependencyKind Flow = DependencyKind.WriteWrite | DependencyKind.WriteRead;
    private const DependencyKind Anti = DependencyKind.ReadWrite | DependencyGraph.Continued;
    private const int Attempts = 512;
    private const int ShortestCycle = 2;
    private readonly CyclicPart part;
    private readonly IDependencies dependencies;
    private readonly CheckBudget budget;
    private readonly AnomalyLedger ledger;
    private readonly DependencyGraph product;

    public CycleTests(CyclicPart part, IDependencies dependencies, CheckBudget budget, AnomalyLedger ledger)
    {
        this.part = part;
        this.dependencies = dependencies;
        this.budget = budget;
        this.ledger = ledger;
        product = NonadjacentProduct.Of(part.Graph);
    }

    public void Run()
    {
        foreach (var order in new[] { DependencyKind.None, DependencyKind.Process, DependencyKind.Process | DependencyKind.RealTime })
        {
            // What is there without an order of sessions or time is there with it too, and would be found again.
            if (!ledger.Has(Violation.G0))
                Cycle(part.Graph, 1, DependencyKind.WriteWrite | order, DependencyKind.WriteWrite, FlowViolation(Violation.G0, order));
            if (!ledger.Has(Violation.G1c))
                Cycle(part.Graph, 1, Flow | order, DependencyKind.WriteRead, FlowViolation(Violation.G1c, order));
            if (!ledger.Has(Violation.Nonadjacent))
                Cycle(product, 2, Flow | Anti | order, DependencyKind.ReadWrite, NonadjacentViolation(order));
            if (!ledger.Has(Violation.G2))
                Cycle(part.Graph, 1, Flow | Anti | order, DependencyKind.ReadWrite, OrderViolation(order));
        }
        new VisibilityTests(part, dependencies, budget, ledger).Run();
    }

    private static Violation[] FlowViolation(Violation plain, DependencyKind order) => order switch
    {
        DependencyKind.None => [plain],
        DependencyKind.Process => [Violation.SessionFlow, Violation.NonadjacentProcess],
        _ => [Violation.NonadjacentRealTime],
    };

    private static Violation[] NonadjacentViolation(DependencyKind order) => order switch
    {
        DependencyKind.None => [Violation.Nonadjacent],
        DependencyKind.Process => [Violation.NonadjacentProcess],
        _ => [Violation.NonadjacentRealTime],
    };

    private static Violation[] OrderViolation(DependencyKind order) => order switch
    {
        DependencyKind.None => [Violation.G2],
        DependencyKind.Process => [Violation.G2Process],
        _ => [Violation.G2RealTime],
    };

    /// <summary>Records the shortest cycle found of each name, over some kinds of edges and through one that it must have.</summary>
    private void Cycle(DependencyGraph graph, int states, DependencyKind kinds, DependencyKind must, Violation[] violations)
    {
        if (Components.Find(graph, kinds) is not { } components)
            return;
        var best = new SortedDictionary<string, List<GraphEdge>>(StringComparer.Ordinal);
        var search = new PathSearch(graph, part.TransactionCount * states, budget);
        var attempts = 0;
        foreach (var edge in Candidates(graph, must, components))
        {
            if (Back(edge, states, kinds) is { } back && !best.Values.Any(c => c.Count == ShortestCycle))
                Keep(best, [edge, back], states);
            if (attempts == Attempts || attempts > Attempts / 8 && best.Count > 0 && best.Values.All(c => c.Count == ShortestCycle))
                continue;
            attempts++;
            if (search.Find(edge.To, edge.From, kinds, components) is { } path)
                Keep(best, [edge, .. path], states);
        }
        foreach (var (name, cycle) in best.OrderBy(b => b.Value.Count))
        {
            var isSingle = name is CycleNames.GSingle or CycleNames.GSingle + CycleNames.Process;
            ledger.Add(
                isSingle ? [.. violations, Violation.SingleSession] : violations,
                CycleWitness.ToFinding(cycle, name, Describe(cycle.Count), dependencies));
        }
        if (best.Count == 0 && attempts > 0)
            ledger.Unsure(violations, budget.Exhausted ?? "a cycle was not found again");
    }

    private static IEnumerable<GraphEdge> Candidates(DependencyGraph graph, DependencyKind must, int[] components)
    {
        for (var node = 0; node < graph.NodeCount; node++)
            for (var edge = graph.Start[node]; edge < graph.Start[node + 1]; edge++)
                if ((graph.Kinds[edge] & must) != 0 && components[node] >= 0 && components[node] == components[graph.Targets[edge]])
                    yield return new GraphEdge(node, graph.Targets[edge], graph.Kinds[edge]);
    }

    /// <summary>The way back from an edge in one step of session or time, where there is one: found without a search.</summary>
    private GraphEdge? Back(GraphEdge edge, int states, DependencyKind kinds)
    {
        if (edge.To / states >= part.TransactionCount)
            return null;
        var first = dependencies.Operations[part.Nodes[edge.To / states]];
        var second = dependencies.Operations[part.Nodes[edge.From / states]];
        if (first.Outcome != HistoryOutcome.Ok || first.Completed > second.Invoked)
            return null;
        var kind = first.Process == second.Process ? DependencyKind.Process : DependencyKind.RealTime;
        return (kinds & kind) != 0 ? new GraphEdge(edge.To, edge.From, kind) : null;
    }

    private void Keep(SortedDictionary<string, List<GraphEdge>> best, List<GraphEdge> path, int states)
    {
        for (var i = 0; i < path.Count; i++)
            path[i] = new GraphEdge(part.Nodes[path[i].From / states], part.Nodes[path[i].To / states], path[i].Kind);
        var cycle = CycleWitness.Collapse(path, dependencies.Operations.Count);
        var name = CycleNames.Of(cycle.Select(e => e.Kind).ToArray());
        if (!best.TryGetValue(name, out var shortest) || shortest.Count > cycle.Count)
            best[name] = cycle;
    }

    private static string Describe(int count) => $"a cycle of {count} transactions, each of which must come before the next";
}
