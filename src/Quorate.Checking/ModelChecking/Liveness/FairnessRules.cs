namespace Quorate.Checking.ModelChecking.Liveness;

/// <summary>Which actions are fair, as bits: bit i is the fair action with number i.</summary>
/// <param name="Weak">Those that happen in the end if they stay possible.</param>
/// <param name="Strong">Those that happen in the end if they are possible again and again.</param>
/// <param name="BitOf">The bit of each action of the graph; 0 for what need not happen.</param>
internal sealed record FairnessRules(ulong Weak, ulong Strong, IReadOnlyList<ulong> BitOf)
{
    /// <summary>Which fair actions are possible in a state.</summary>
    public ulong EnabledIn(StateGraph graph, int state)
    {
        var bits = 0UL;
        for (var i = 0; i < graph.StepsOf(state); i++)
            bits |= BitOf[graph.StepOf(state, i).Action];
        return bits;
    }
}

/// <summary>A run that goes on for ever: first a path, and then a cycle again and again; nothing happens any more when it is
/// empty.</summary>
/// <param name="Path">The actions of the path.</param>
/// <param name="Cycle">The actions of the cycle.</param>
internal sealed record Lasso(IReadOnlyList<int> Path, IReadOnlyList<int> Cycle);
