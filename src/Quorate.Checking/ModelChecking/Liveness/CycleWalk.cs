using System.Numerics;

namespace Quorate.Checking.ModelChecking.Liveness;

/// <summary>A way round a fair component that is fair itself: it takes each fair action that must happen, or comes through a state where
/// it is impossible.</summary>
internal sealed class CycleWalk
{
    private readonly StateGraph graph;
    private readonly FairnessRules fairness;
    private readonly HashSet<int> component;
    private readonly int entry;
    private readonly List<int> walk = [];
    private int current;
    private ulong satisfied;

    /// <summary>Prepares a walk.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="fairness">What is fair.</param>
    /// <param name="component">A component that is fair.</param>
    /// <param name="entry">The member to begin and end with.</param>
    public CycleWalk(StateGraph graph, FairnessRules fairness, int[] component, int entry)
    {
        this.graph = graph;
        this.fairness = fairness;
        this.component = [.. component];
        this.entry = entry;
        current = entry;
    }

    /// <summary>The actions of the walk; at least one.</summary>
    public List<int> Walk()
    {
        // An action that is never possible in the component asks for nothing.
        var ever = component.Aggregate(0UL, (bits, state) => bits | fairness.EnabledIn(graph, state));
        satisfied = fairness.Weak & ~fairness.EnabledIn(graph, entry);
        var wanted = (fairness.Weak | fairness.Strong) & ever;
        while ((wanted & ~satisfied) != 0)
        {
            var bit = 1UL << BitOperations.TrailingZeroCount(wanted & ~satisfied);
            GoOn((state, step) => (fairness.BitOf[step.Action] & bit) != 0
                || ((fairness.Weak & bit) != 0 && (fairness.EnabledIn(graph, step.To) & bit) == 0));
        }

        if (walk.Count == 0)
            GoOn((_, _) => true);
        if (current != entry)
            GoOn((_, step) => step.To == entry);
        return walk;
    }

    // The shortest way within the component that ends with a step of this kind. There is one, since each member reaches each.
    private void GoOn(Func<int, StateGraph.Edge, bool> isLast)
    {
        var origins = new Dictionary<int, (int State, StateGraph.Edge Step)>();
        var queue = new Queue<int>([current]);
        while (queue.TryDequeue(out var state))
        {
            for (var i = 0; i < graph.StepsOf(state); i++)
            {
                var step = graph.StepOf(state, i);
                if (!component.Contains(step.To))
                    continue;
                if (isLast(state, step))
                {
                    Append(origins, state, step);
                    return;
                }

                if (step.To != current && origins.TryAdd(step.To, (state, step)))
                    queue.Enqueue(step.To);
            }
        }

        throw new InvalidOperationException("A strongly connected component has no way from one of its members to another.");
    }

    private void Append(Dictionary<int, (int State, StateGraph.Edge Step)> origins, int state, StateGraph.Edge last)
    {
        var steps = new List<StateGraph.Edge> { last };
        for (; state != current; state = origins[state].State)
            steps.Add(origins[state].Step);
        steps.Reverse();
        foreach (var step in steps)
        {
            walk.Add(step.Action);
            satisfied |= fairness.BitOf[step.Action] | (fairness.Weak & ~fairness.EnabledIn(graph, step.To));
        }

        current = last.To;
    }
}
