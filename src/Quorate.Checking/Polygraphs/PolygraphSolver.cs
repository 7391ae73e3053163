using Quorate.Checking.Findings;

namespace Quorate.Checking.Polygraphs;

/// <summary>
/// Tells whether the choices of a polygraph can be made so that there is no cycle. First every choice of which one side closes a cycle is
/// made the other way, until nothing more follows (the pruning of Cobra); then a search tries the sides, the one that agrees with the
/// order so far first. When a choice has no side left it goes back to the last one that had a part in that.
/// </summary>
internal sealed class PolygraphSolver
{
    private readonly Polygraph polygraph;
    private readonly CheckBudget budget;
    private readonly OrderedGraph graph;
    private readonly List<Choice> open = [];
    private readonly List<Level> levels = [];
    private int underWay;

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
        while (levels.Count < open.Count)
        {
            if (!budget.TryTake())
                return null;
            var choice = open[levels.Count];
            var level = new Level(graph.EdgeCount) { TookFirst = Agrees(choice.First) || !Agrees(choice.Second) };
            if (!Try(level, level.TookFirst) && !TryOther(level) && !GoBack(level))
                return budget.Exhausted is null ? false : null;
        }
        return true;
    }

    /// <summary>
    /// Back to the last choice that had a part in the failure, past those that had none, and takes its other side; false when there is no
    /// such choice. Prosser, Hybrid algorithms for the constraint satisfaction problem, 1993 (conflict-directed backjumping).
    /// </summary>
    private bool GoBack(Level failed)
    {
        while (failed.Culprits.Count > 0 && budget.TryTake())
        {
            var last = failed.Culprits.Max;
            var level = levels[last];
            levels.RemoveRange(last, levels.Count - last);
            graph.BackTo(level.EdgesBefore);
            failed.Culprits.Remove(last);
            level.Culprits.UnionWith(failed.Culprits);
            if (!level.IsSecondTry && TryOther(level))
                return true;
            failed = level;
        }
        return false;
    }

    private bool TryOther(Level level)
    {
        level.IsSecondTry = true;
        level.TookFirst = !level.TookFirst;
        return Try(level, level.TookFirst);
    }

    /// <summary>Takes a side of the next choice; when that fails, the choices that are to blame are entered with it.</summary>
    private bool Try(Level level, bool first)
    {
        if (Take(first ? open[levels.Count].First : open[levels.Count].Second))
        {
            levels.Add(level);
            return true;
        }
        foreach (var edge in graph.Cycle)
            if (LevelOf(edge) is var culprit and >= 0)
                level.Culprits.Add(culprit);
        return false;
    }

    /// <summary>The choice that an edge came with, or -1 for one that was there before the search or came with the choice under way.</summary>
    private int LevelOf(int edge)
    {
        var (low, high) = (0, levels.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = levels[middle].EdgesBefore <= edge ? (middle + 1, high) : (low, middle);
        }
        return edge >= underWay ? -1 : low - 1;
    }

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
        var before = underWay = graph.EdgeCount;
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

    /// <summary>A choice that was made: each choice of the search in turn is a level.</summary>
    private sealed class Level(int edgesBefore)
    {
        public int EdgesBefore { get; } = edgesBefore;

        public bool TookFirst { get; set; }

        public bool IsSecondTry { get; set; }

        /// <summary>The levels before that had a part in what failed here.</summary>
        public SortedSet<int> Culprits { get; } = [];
    }
}
