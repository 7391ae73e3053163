using Quorate.Checking.Dependencies;
using Quorate.Checking.Findings;

namespace Quorate.Checking.Sessions;

/// <summary>
/// Looks for the bad patterns of causal memories (Bouajjani, Enea, Guerraoui and Hamza, On verifying causal consistency, POPL 2017, section
/// 5), in polynomial time because each value is written once. The order "comes before" is kept as a clock for each operation: how many
/// operations of each session come before it, which is enough because the order of sessions is part of it.
/// </summary>
internal sealed class CausalPatterns
{
    private readonly SessionHistory history;
    private readonly CausalModel model;
    private readonly CheckBudget budget;
    private readonly int count;
    private readonly int sessions;
    private readonly List<(int From, int To)> extra = [];
    private int[] clocks = [];

    public CausalPatterns(SessionHistory history, CausalModel model, CheckBudget budget)
    {
        this.history = history;
        this.model = model;
        this.budget = budget;
        count = history.Operations.Count;
        sessions = history.SessionCount;
    }

    /// <summary>Whether there is a bad pattern; null when a bound was reached.</summary>
    public bool? IsBroken()
    {
        if (history.Operations.Any(o => o.Source == SessionHistory.Nowhere))
            return true;
        if (!budget.TryHold((long)count * sessions * sizeof(int)))
            return null;
        clocks = new int[count * sessions];
        if (model is CausalModel.Weak or CausalModel.Convergent)
            return Advance(session: -1) is { } advanced
                ? !advanced || IsWeaklyBroken() || model == CausalModel.Convergent && HasConflictCycle()
                : null;
        for (var session = 0; session < sessions; session++)
            if (IsViewBroken(session) is not false and var broken)
                return broken;
        return false;
    }

    private bool IsWeaklyBroken()
    {
        for (var read = 0; read < count; read++)
            foreach (var write in OthersBefore(read))
                if (history.Operations[read].Source is var source && (source < 0 || IsBefore(source, write)))
                    return true;
        return false;
    }

    // Writes that contend: one that a read knows of and did not see comes before the one that it saw.
    private bool HasConflictCycle()
    {
        for (var read = 0; read < count; read++)
            foreach (var write in OthersBefore(read))
                extra.Add((write, history.Operations[read].Source));
        return Components.Find(Graph(session: -1), (DependencyKind)byte.MaxValue) is not null;
    }

    /// <summary>Whether one session's view has no order: what its reads tell is added until nothing more follows.</summary>
    private bool? IsViewBroken(int session)
    {
        extra.Clear();
        for (var changed = true; changed;)
        {
            if (Advance(session) is not { } advanced)
                return null;
            if (!advanced)
                return true;
            changed = false;
            for (var read = 0; read < count; read++)
            {
                if (history.Operations[read].Session != session)
                    continue;
                foreach (var write in OthersBefore(read))
                {
                    var source = history.Operations[read].Source;
                    if (source < 0)
                        return true;
                    if (IsBefore(write, source))
                        continue;
                    extra.Add((write, source));
                    changed = true;
                }
            }
        }
        return false;
    }

    /// <summary>For each session the last write to a read's key that comes before the read, and is not what it saw.</summary>
    private IEnumerable<int> OthersBefore(int read)
    {
        var operation = history.Operations[read];
        if (operation.IsWrite)
            yield break;
        foreach (var session in history.Writers[operation.Key])
        {
            budget.TryTake();
            var write = history.LastWrite(session, operation.Key, clocks[read * sessions + session]);
            if (write >= 0 && write != operation.Source)
                yield return write;
        }
    }

    private bool IsBefore(int first, int second) =>
        first != second && clocks[second * sessions + history.Operations[first].Session] > history.Operations[first].Place;

    /// <summary>Computes the clocks anew; false when something comes before itself, null when the budget ended.</summary>
    private bool? Advance(int session)
    {
        var graph = Graph(session);
        var waiting = new int[count];
        foreach (var target in graph.Targets)
            waiting[target]++;
        var ready = new Queue<int>(Enumerable.Range(0, count).Where(i => waiting[i] == 0));
        Array.Clear(clocks);
        var done = 0;
        while (ready.TryDequeue(out var node))
        {
            done++;
            var clock = clocks.AsSpan(node * sessions, sessions);
            clock[history.Operations[node].Session] = history.Operations[node].Place + 1;
            for (var edge = graph.Start[node]; edge < graph.Start[node + 1]; edge++)
            {
                var target = graph.Targets[edge];
                var later = clocks.AsSpan(target * sessions, sessions);
                for (var i = 0; i < sessions; i++)
                    later[i] = Math.Max(later[i], clock[i]);
                if (--waiting[target] == 0)
                    ready.Enqueue(target);
            }
            if (!budget.TryTake(sessions))
                return null;
        }
        return done == count;
    }

    // For the view of a session of a PRAM only its own reads tell of other sessions.
    private DependencyGraph Graph(int session)
    {
        var edges = new EdgeList(count);
        var last = new int[sessions];
        Array.Fill(last, -1);
        for (var i = 0; i < count; i++)
        {
            var operation = history.Operations[i];
            if (last[operation.Session] >= 0)
                edges.Add(last[operation.Session], i, DependencyKind.Process);
            last[operation.Session] = i;
            if (operation.Source >= 0 && !operation.IsWrite && (model != CausalModel.Pram || operation.Session == session))
                edges.Add(operation.Source, i, DependencyKind.WriteRead);
        }
        foreach (var (from, to) in extra)
            edges.Add(from, to, DependencyKind.WriteWrite);
        return edges.ToGraph();
    }
}
