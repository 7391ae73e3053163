using Quorate.Checking.ModelChecking;

namespace Quorate.Tests.Checking.ModelChecking;

/// <summary>Liveness of tiny graphs by the definition: the states that a run comes to again and again are one of all their sets.</summary>
internal static class SetsOfStates
{
    /// <summary>Whether a fair run exists on which the goal does not come.</summary>
    public static bool HasBadRun(GraphModel model, int states, ModelProperty property)
    {
        var reachable = Closure(model, [0], _ => true);
        var begins = Enumerable.Range(0, states).Where(s => reachable.Contains(s) && !HasGoal(model, s) && IsBegin(model, property, s)).ToHashSet();
        var bad = Closure(model, begins, s => !HasGoal(model, s));
        for (var set = 1; set < 1 << states; set++)
        {
            var members = Enumerable.Range(0, states).Where(s => (set & (1 << s)) != 0).ToHashSet();
            if (members.IsSubsetOf(bad) && members.All(m => Closure(model, [m], members.Contains).SetEquals(members)) && IsFair(model, members, Inner(model, members)))
                return true;
        }

        return false;
    }

    /// <summary>Walks the run that a verdict shows.</summary>
    public static void AssertIsBadRun(GraphModel model, ModelProperty property, ModelVerdict verdict)
    {
        var path = Walk(model, 0, verdict.Path);
        var cycle = Walk(model, path[^1], verdict.Cycle);
        Assert.Equal(cycle[0], cycle[^1]);
        Assert.All(cycle, s => Assert.False(HasGoal(model, s)));
        var quiet = path.Count - 1;
        while (quiet > 0 && !HasGoal(model, path[quiet - 1]))
            quiet--;
        Assert.Contains(path.Skip(quiet).Concat(cycle), s => IsBegin(model, property, s));
        var steps = verdict.Cycle.Select(name => model.Graph.Single(g => g.Name == name)).ToList();
        Assert.True(IsFair(model, [.. cycle], steps), verdict.ToString());
    }

    private static List<int> Walk(GraphModel model, int from, IReadOnlyList<string> actions)
    {
        var states = new List<int> { from };
        foreach (var action in actions)
        {
            var step = model.Graph.Single(g => g.Name == action);
            Assert.Equal(states[^1], step.From);
            states.Add(step.To);
        }

        return states;
    }

    private static bool HasGoal(GraphModel model, int state) => (model.FactsAt(state) & 1) != 0;

    private static bool IsBegin(GraphModel model, ModelProperty property, int state) => property.Kind switch
    {
        ModelPropertyKind.Eventually => state == 0,
        ModelPropertyKind.LeadsTo => (model.FactsAt(state) & 2) != 0,
        _ => true,
    };

    private static HashSet<int> Closure(GraphModel model, IEnumerable<int> from, Func<int, bool> stays)
    {
        var reached = from.ToHashSet();
        for (var size = -1; size != reached.Count;)
        {
            size = reached.Count;
            reached.UnionWith(model.Graph.Where(g => reached.Contains(g.From) && stays(g.To)).Select(g => g.To).ToList());
        }

        return reached;
    }

    private static List<GraphModel.Step> Inner(GraphModel model, HashSet<int> members) =>
        [.. model.Graph.Where(g => g.From != g.To && members.Contains(g.From) && members.Contains(g.To))];

    private static bool IsFair(GraphModel model, HashSet<int> members, List<GraphModel.Step> taken)
    {
        for (var action = 0; action < model.FairActions.Count; action++)
        {
            var enabled = members.Count(m => model.Graph.Any(g => g.From == m && g.To != m && g.FairAction == action));
            var happens = taken.Any(t => t.FairAction == action);
            if (!happens && (model.FairActions[action].Fairness == Fairness.Weak ? enabled == members.Count : enabled > 0))
                return false;
        }

        return true;
    }
}
