namespace Quorate.Checking.ModelChecking.Liveness;

/// <summary>
/// Strongly connected components of a part of a graph: the states that bear one label. Source: Tarjan, "Depth-First Search and Linear
/// Graph Algorithms", 1972; with a stack of its own, since paths are longer than the machine's stack.
/// </summary>
internal sealed class Components(StateGraph graph, int[] labels)
{
    private readonly int[] order = new int[graph.Count];
    private readonly int[] low = new int[graph.Count];
    private readonly Stack<(int State, int Step)> calls = [];
    private readonly Stack<int> open = [];
    private int visited;

    /// <summary>Finds the components of more than one state. The members' labels are used up: they bear <paramref name="done"/>
    /// after it.</summary>
    /// <param name="members">The part's states, which all bear the same label.</param>
    /// <param name="done">A label that no state bears.</param>
    public List<int[]> Of(IReadOnlyList<int> members, int done)
    {
        var found = new List<int[]>();
        var label = members.Count > 0 ? labels[members[0]] : done;
        visited = 0;
        foreach (var member in members)
            order[member] = 0;
        foreach (var member in members)
        {
            if (order[member] == 0)
                Visit(member, label, done, found);
        }

        return found;
    }

    private void Visit(int root, int label, int done, List<int[]> found)
    {
        Enter(root);
        while (calls.TryPop(out var call))
        {
            var (state, step) = call;
            var entered = false;
            for (; step < graph.StepsOf(state) && !entered; step++)
            {
                var next = graph.StepOf(state, step).To;
                if (labels[next] != label)
                    continue;
                if (order[next] == 0)
                {
                    calls.Push((state, step));
                    Enter(next);
                    entered = true;
                }
                else
                {
                    low[state] = Math.Min(low[state], low[next]);
                }
            }

            if (!entered && low[state] == order[state])
                Close(state, done, found);
        }
    }

    private void Enter(int state)
    {
        order[state] = low[state] = ++visited;
        open.Push(state);
        calls.Push((state, 0));
    }

    // A closed state bears another label, so that it is never looked at again.
    private void Close(int root, int done, List<int[]> found)
    {
        var component = new List<int>();
        int state;
        do
        {
            state = open.Pop();
            labels[state] = done;
            component.Add(state);
        }
        while (state != root);
        if (component.Count > 1)
            found.Add([.. component]);
    }
}
