using Quorate.Checking.Dependencies;
using Quorate.Checking.Findings;

namespace Quorate.Checking.Transactions;

/// <summary>
/// Looks for a transaction that sees another, and yet read of some key a version older than the other's. What "sees" means makes the level:
/// read atomic what it read from; PRAM also what the sessions did before; causal whatever leads there by sessions and reads; with ww edges
/// added it is parallel snapshot isolation (Cerone, Gotsman and Yang, 2017).
/// </summary>
internal sealed class VisibilityTests(CyclicPart part, IDependencies dependencies, CheckBudget budget, AnomalyLedger ledger)
{
    private const int Unreached = 0;
    private const int ViolatorsMax = 64;
    private readonly int[] reached = new int[part.Graph.NodeCount * 2];
    private readonly (int State, DependencyKind Kind)[] towards = new (int, DependencyKind)[part.Graph.NodeCount * 2];
    private readonly int[] queue = new int[part.Graph.NodeCount * 2];
    private int generation = Unreached;

    private enum Sight
    {
        Source,
        Sessions,
        Everything,
    }

    public void Run()
    {
        // What breaks a weaker level breaks the stronger ones: one witness is enough.
        Test(Sight.Source, DependencyKind.WriteRead, "fractured-read", Violation.Fractured);
        if (!ledger.Has(Violation.Fractured))
            Test(Sight.Sessions, DependencyKind.WriteRead | DependencyKind.Process, "PRAM", Violation.SessionView);
        if (!ledger.Has(Violation.Fractured) && !ledger.Has(Violation.SessionView))
            Test(Sight.Everything, DependencyKind.WriteRead | DependencyKind.Process, "causal", Violation.CausalView);
        if (!ledger.Has(Violation.SingleSession))
            Test(
                Sight.Everything,
                DependencyKind.WriteRead | DependencyKind.WriteWrite | DependencyKind.Process,
                "",
                Violation.SingleSession);
    }

    private void Test(Sight sight, DependencyKind kinds, string name, Violation violation)
    {
        List<GraphEdge>? best = null;
        var violators = 0;
        for (var reader = 0; reader < part.TransactionCount; reader++)
        {
            if (violators == ViolatorsMax || best is { Count: 2 } || !dependencies.Begin(part.Nodes[reader]))
                continue;
            if (Search(reader, sight, kinds) is { } cycle)
            {
                violators++;
                best = best is null || cycle.Count < best.Count ? cycle : best;
            }
            if (budget.Exhausted is { } reason && best is null)
            {
                ledger.Unsure([violation], reason);
                return;
            }
        }
        if (best is not null)
            Record(best, name, violation);
    }

    private void Record(List<GraphEdge> cycle, string name, Violation violation)
    {
        var whole = cycle.Select(e => new GraphEdge(part.Nodes[e.From], part.Nodes[e.To], e.Kind)).ToArray();
        var cycleName = name.Length > 0 ? name : CycleNames.Of(whole.Select(e => e.Kind).ToArray());
        var text = "the last transaction sees the first, and yet read an older version of what the first wrote";
        ledger.Add([violation], CycleWitness.ToFinding(whole, cycleName, text, dependencies));
    }

    // Backwards from the reader over what it sees, nearest first.
    private List<GraphEdge>? Search(int reader, Sight sight, DependencyKind kinds)
    {
        generation++;
        var tail = 0;
        Reach(reader * 2, -1, DependencyKind.None, ref tail);
        for (var head = 0; head < tail; head++)
        {
            var node = queue[head] / 2;
            var hasRead = queue[head] % 2 == 1;
            if (head > 0 && node != reader && Sees(sight, head, hasRead) && dependencies.Overwrote(part.Nodes[node]))
                return Trace(queue[head], reader);
            var graph = part.Reversed;
            for (var edge = graph.Start[node]; edge < graph.Start[node + 1]; edge++)
            {
                var kind = graph.Kinds[edge];
                if ((kind & kinds) == 0 || sight == Sight.Source && hasRead)
                    continue;
                var isRead = kind == DependencyKind.WriteRead;
                if (sight == Sight.Sessions && isRead && hasRead)
                    continue;
                Reach(graph.Targets[edge] * 2 + (sight != Sight.Everything && (isRead || hasRead) ? 1 : 0), queue[head], kind, ref tail);
            }
            if (!budget.TryTake(1 + graph.Start[node + 1] - graph.Start[node]))
                return null;
        }
        return null;
    }

    private static bool Sees(Sight sight, int head, bool hasRead) => head > 0 && (sight != Sight.Source || hasRead);

    private void Reach(int state, int from, DependencyKind kind, ref int tail)
    {
        if (reached[state] == generation)
            return;
        reached[state] = generation;
        towards[state] = (from, kind);
        queue[tail++] = state;
    }

    private List<GraphEdge> Trace(int state, int reader)
    {
        var cycle = new List<GraphEdge>();
        var first = state / 2;
        while (towards[state].State >= 0)
        {
            var (next, kind) = towards[state];
            cycle.Add(new GraphEdge(state / 2, next / 2, kind));
            state = next;
        }
        cycle.Add(new GraphEdge(reader, first, DependencyKind.ReadWrite));
        return cycle;
    }
}
