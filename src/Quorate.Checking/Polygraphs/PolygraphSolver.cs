using Quorate.Checking.Findings;

namespace Quorate.Checking.Polygraphs;

/// <summary>
/// Tells whether the choices of a polygraph can be made so that there is no cycle. First every choice of which one side closes a cycle is
/// made the other way, until nothing more follows (the pruning of Cobra); then a search tries the sides, the one that agrees with the
/// order so far first, and goes back when a choice has no side left.
/// </summary>
internal sealed class PolygraphSolver
{
    private readonly Polygraph polygraph;
    private readonly CheckBudget budget;
    private readonly OrderedGraph graph;
    private readonly List<Choice> open = [];

    public PolygraphSolver(Polygraph polygraph, CheckBudget budget)
    {
        this.polygraph = polygraph;
        this.budget = budget;
        graph = new OrderedGraph(polygraph.Order, budget);
    }

    /// <summary>Whether there is an answer; null when the budget ended.</summary>
    public bool? Solve()
    {
        foreach (var (from, to) in polygraph.Known)
            if (!graph.TryAdd(from, to))
                return budget.Exhausted is null ? false : null;
        open.AddRange(polygraph.Choices);
        if (!Prune())
            return budget.Exhausted is null ? false : null;
        return Search();
    }

    /// <summary>Makes the choices that are forced; false when one has no side left.</summary>
    private bool Prune()
    {
        for (var changed = true; changed;)
        {
            changed = false;
            var kept = 0;
            for (var i = 0; i < open.Count; i++)
            {
                var choice = open[i];
                var (first, second) = (IsPossible(choice.First), IsPossible(choice.Second));
                if (budget.Exhausted is not null || !first && !second)
                    return false;
                if (first && second)
                {
                    open[kept++] = choice;
                    continue;
                }
                Take(first ? choice.First : choice.Second);
                changed = true;
            }
            open.RemoveRange(kept, open.Count - kept);
        }
        return true;
    }

    private bool? Search()
    {
        var trail = new Stack<(int Edges, bool IsSecondTry, bool TookFirst)>();
        for (var next = 0; next < open.Count;)
        {
            var before = graph.EdgeCount;
            var prefersFirst = Agrees(open[next].First) || !Agrees(open[next].Second);
            if (Take(Side(next, prefersFirst)))
            {
                trail.Push((before, false, prefersFirst));
                next++;
            }
            else if (Take(Side(next, !prefersFirst)))
            {
                trail.Push((before, true, !prefersFirst));
                next++;
            }
            else if (!GoBack(trail, ref next))
            {
                return budget.Exhausted is null ? false : null;
            }
            if (!budget.TryTake())
                return null;
        }
        return true;
    }

    // To the last choice of which the other side was not tried yet, and takes that.
    private bool GoBack(Stack<(int Edges, bool IsSecondTry, bool TookFirst)> trail, ref int next)
    {
        while (trail.TryPop(out var last))
        {
            next--;
            graph.BackTo(last.Edges);
            if (!budget.TryTake())
                return false;
            if (last.IsSecondTry || !Take(Side(next, !last.TookFirst)))
                continue;
            trail.Push((last.Edges, true, !last.TookFirst));
            next++;
            return true;
        }
        return false;
    }

    private (int From, int To)[] Side(int choice, bool first) => first ? open[choice].First : open[choice].Second;

    private bool Agrees((int From, int To)[] side) => Array.TrueForAll(side, e => graph.IsOrdered(e.From, e.To));

    private bool IsPossible((int From, int To)[] side)
    {
        var before = graph.EdgeCount;
        var possible = Take(side);
        graph.BackTo(before);
        return possible;
    }

    /// <summary>Adds the edges of a side; false, and nothing is added, when they close a cycle.</summary>
    private bool Take((int From, int To)[] side)
    {
        var before = graph.EdgeCount;
        foreach (var (from, to) in side)
        {
            budget.TryTake();
            if (graph.TryAdd(from, to))
                continue;
            graph.BackTo(before);
            return false;
        }
        return true;
    }
}
