namespace Quorate.Checking.ModelChecking.Liveness;

/// <summary>Shortest ways through a graph, breadth first.</summary>
internal sealed class Ways(StateGraph graph)
{
    private const int NotReached = -2;
    private const int Begin = -1;
    private readonly int[] parents = new int[graph.Count];
    private readonly int[] actions = new int[graph.Count];

    /// <summary>Everything that can be reached from some states within others, the nearest first.</summary>
    public List<int> Spread(Predicate<int> begins, Predicate<int> stays)
    {
        Array.Fill(parents, NotReached);
        var reached = new List<int>();
        for (var state = 0; state < graph.Count; state++)
        {
            if (begins(state))
                Reach(state, Begin, 0, reached);
        }

        for (var at = 0; at < reached.Count; at++)
        {
            for (var i = 0; i < graph.StepsOf(reached[at]); i++)
            {
                var step = graph.StepOf(reached[at], i);
                if (parents[step.To] == NotReached && stays(step.To))
                    Reach(step.To, reached[at], step.Action, reached);
            }
        }

        return reached;
    }

    /// <summary>The actions on the way to a state that was reached, and where it begins.</summary>
    public List<int> PathTo(int state, out int begin)
    {
        var path = new List<int>();
        for (begin = state; parents[begin] != Begin; begin = parents[begin])
            path.Add(actions[begin]);
        path.Reverse();
        return path;
    }

    private void Reach(int state, int parent, int action, List<int> reached)
    {
        parents[state] = parent;
        actions[state] = action;
        reached.Add(state);
    }
}
