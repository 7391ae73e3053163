namespace Quorate.Checking.ModelChecking.Liveness;

/// <summary>
/// Finds a fair run that stays among some states for ever. Among the states that can be reached within them, a run that never ends either
/// stops, where no fair action is possible, or goes round for ever in one strongly connected component. A component does for weak
/// fairness when each weakly fair action happens within it or is impossible somewhere in it. If a strongly fair action is possible in it
/// and happens only out of it, the states where it is possible are taken out, and what is left is looked at again.
/// Source: Emerson and Lei, "Modalities for Model Checking", 1987; Lichtenstein and Pnueli, "Checking That Finite State Concurrent
/// Programs Satisfy Their Linear Specification", 1985.
/// </summary>
internal sealed class FairRuns
{
    private const int Outside = -1;
    private readonly StateGraph graph;
    private readonly FairnessRules fairness;
    private readonly int[] labels;
    private readonly int[] position;
    private readonly Stack<int[]> parts = [];
    private int lastLabel;
    private int[]? best;

    public FairRuns(StateGraph graph, FairnessRules fairness)
    {
        this.graph = graph;
        this.fairness = fairness;
        labels = new int[graph.Count];
        position = new int[graph.Count];
    }

    /// <summary>About how many bytes the search takes for a graph of so many states.</summary>
    public static long BytesFor(int states) => 64L * states;

    /// <summary>Finds a run, or null.</summary>
    /// <param name="begins">Where the run may come in among the states.</param>
    /// <param name="stays">The states.</param>
    public Lasso? Find(Predicate<int> begins, Predicate<int> stays)
    {
        var ways = new Ways(graph);
        var reached = ways.Spread(s => begins(s) && stays(s), stays);
        Array.Fill(labels, Outside);
        (lastLabel, best) = (0, null);
        for (var i = 0; i < reached.Count; i++)
        {
            if (fairness.EnabledIn(graph, reached[i]) == 0)
                return new Lasso(WholePath(ways, reached[i]), []);
            position[reached[i]] = i;
            labels[reached[i]] = 0;
        }

        parts.Push([.. reached]);
        var components = new Components(graph, labels);
        while (parts.TryPop(out var part))
        {
            foreach (var component in components.Of(part, ++lastLabel))
                Judge(component);
        }

        if (best is null)
            return null;
        var entry = best.MinBy(s => position[s]);
        return new Lasso(WholePath(ways, entry), new CycleWalk(graph, fairness, best, entry).Walk());
    }

    private List<int> WholePath(Ways ways, int state)
    {
        var path = ways.PathTo(state, out var begin);
        if (begin == 0)
            return path;
        var first = new Ways(graph);
        first.Spread(s => s == 0, _ => true);
        return [.. first.PathTo(begin, out _), .. path];
    }

    private void Judge(int[] component)
    {
        Label(component);
        var label = labels[component[0]];
        var (taken, always, ever) = (0UL, ulong.MaxValue, 0UL);
        foreach (var state in component)
        {
            var enabled = 0UL;
            for (var i = 0; i < graph.StepsOf(state); i++)
            {
                var step = graph.StepOf(state, i);
                enabled |= fairness.BitOf[step.Action];
                taken |= labels[step.To] == label ? fairness.BitOf[step.Action] : 0;
            }

            always &= enabled;
            ever |= enabled;
        }

        // What is possible all the time and never happens in a component is so in each part of it.
        if ((always & fairness.Weak & ~taken) != 0)
            return;
        var starved = ever & fairness.Strong & ~taken;
        if (starved != 0)
            LookAgain([.. component.Where(s => (fairness.EnabledIn(graph, s) & starved) == 0)]);
        else if (best is null || component.Min(s => position[s]) < best.Min(s => position[s]))
            best = component;
    }

    private void LookAgain(int[] rest)
    {
        if (rest.Length < 2)
            return;
        Label(rest);
        parts.Push(rest);
    }

    private void Label(int[] states)
    {
        lastLabel++;
        foreach (var state in states)
            labels[state] = lastLabel;
    }
}
