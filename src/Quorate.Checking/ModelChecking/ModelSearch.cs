using Quorate.Checking.ModelChecking.Exploration;
using Quorate.Checking.ModelChecking.Liveness;
using Quorate.Kernel.Encoding;

namespace Quorate.Checking.ModelChecking;

/// <summary>One check: the search for states, and what is told of each on the way.</summary>
internal sealed class ModelSearch
{
    private const int OriginBytes = 8;
    private const int StatesBetweenLooks = 256;
    private readonly IModel model;
    private readonly ModelOptions options;
    private readonly CancellationToken cancellation;
    private readonly PropertySet properties;
    private readonly FingerprintTable seen;
    private readonly IFrontier frontier;
    private readonly Chunks<(int Parent, int Action)> origins = new(OriginBytes);
    private readonly StateGraph? graph;
    private readonly ActionNames actions;
    private readonly ModelSteps steps;
    private readonly SortedDictionary<int, int> reached = [];
    private int reachedFacts;
    private int current = -1;
    private int currentDepth = -1;
    private byte[] currentState = [];
    private int currentLength = -1;
    private bool isLeft;
    private int deepest;
    private long tried;
    private long memory;
    private string? unknown;
    private (int State, string? Action, string What)? broken;

    public ModelSearch(IModel model, ModelOptions options, CancellationToken cancellation)
    {
        this.model = model;
        this.options = options;
        this.cancellation = cancellation;
        properties = new PropertySet(model);
        graph = properties.Liveness.Count > 0 ? new StateGraph() : null;
        seen = new FingerprintTable(options.Fingerprint == FingerprintSize.Bits128, numbered: graph is not null);
        frontier = options.Order == ModelOrder.BreadthFirst ? new StateQueue() : new StateStack();
        actions = new ActionNames(properties.FairActions.Count);
        steps = new ModelSteps(Take);
    }

    /// <summary>Whether a step back to the state that it leaves must be told from others.</summary>
    private bool MindsSelfSteps => graph is not null || properties.ForbidsEnds;

    public ModelVerdict Run()
    {
        var first = new ByteWriter();
        model.WriteInitial(first);
        Discover("start", ModelSteps.Unfair, first.WrittenSpan);
        for (var explored = 0L; !IsOver && frontier.TryTake(out current, out currentDepth, out var state); explored++)
        {
            if (explored % options.ProgressStates == 0)
                Report();
            Explore(state);
            if (explored % StatesBetweenLooks == 0)
                Look();
        }

        Look();
        Report();
        return Conclude();
    }

    private bool IsOver => broken is not null || (unknown is not null && (seen.Count > options.StatesMax || memory > options.MemoryBytesMax));

    private void Explore(ReadOnlySpan<byte> state)
    {
        graph?.Begin(current);
        if (MindsSelfSteps)
            Remember(state);
        isLeft = false;
        model.Explore(state, steps);
        if (properties.ForbidsEnds && !isLeft && broken is null && !properties.MayEnd(model.FactsOf(currentState.AsSpan(0, currentLength))))
            broken = (current, null, "deadlock: nothing can happen any more");
    }

    private void Remember(ReadOnlySpan<byte> state)
    {
        if (currentState.Length < state.Length)
            currentState = new byte[state.Length * 2];
        state.CopyTo(currentState);
        currentLength = state.Length;
    }

    private void Take(string action, int fairAction, ReadOnlySpan<byte> state, string? violation)
    {
        tried++;
        if (IsOver)
            return;
        if (violation is not null)
            broken = (current, action, violation);
        else if (!MindsSelfSteps || !state.SequenceEqual(currentState.AsSpan(0, currentLength)))
            Discover(action, fairAction, state);
    }

    private void Discover(string action, int fairAction, ReadOnlySpan<byte> state)
    {
        isLeft = true;
        var isNew = seen.TryAdd(Fingerprint.Of(state), out var number);
        if (!isNew && graph is null)
            return;
        var actionNumber = actions.NumberOf(action, fairAction);
        if (current >= 0)
            graph?.AddStep(current, number, actionNumber);
        if (isNew)
            Enter(number, actionNumber, state);
    }

    private void Enter(int number, int action, ReadOnlySpan<byte> state)
    {
        origins.Add((current, action));
        var facts = properties.HasFacts ? model.FactsOf(state) : 0;
        graph?.AddState(facts);
        for (var news = facts & properties.Sometimes & ~reachedFacts; news != 0; news &= news - 1)
            reached.Add(news & -news, number);
        reachedFacts |= facts;
        if (model.Violation(state) is { } wrong)
            broken = (number, null, wrong);
        if (seen.Count > options.StatesMax)
            unknown ??= $"there are more than {options.StatesMax} states";
        deepest = Math.Max(deepest, currentDepth + 1);
        if (currentDepth + 1 <= options.DepthMax)
            frontier.Add(number, currentDepth + 1, state);
        else
            unknown ??= $"some path is longer than {options.DepthMax} steps";
    }

    private void Look()
    {
        cancellation.ThrowIfCancellationRequested();
        TakeMemory(0);
    }

    private void TakeMemory(long more)
    {
        var now = seen.Bytes + frontier.Bytes + origins.Bytes + (graph?.Bytes ?? 0) + more;
        memory = Math.Max(memory, now);
        if (now > options.MemoryBytesMax)
            unknown ??= $"it takes more than {options.MemoryBytesMax >> 20} MiB";
    }

    private void Report() => options.Progress?.Invoke(new ModelProgress(seen.Count, tried, Math.Max(currentDepth, 0), frontier.Count, memory));

    private ModelVerdict Conclude()
    {
        if (broken is { } found)
            return Violated(found.What, PathTo(found.State, found.Action), []);
        if (unknown is not null)
            return Verdict(ModelOutcome.Unknown, deepest) with { Reason = unknown };
        for (var missing = properties.Sometimes; missing != 0; missing &= missing - 1)
        {
            if (!reached.ContainsKey(missing & -missing))
                return Violated($"sometimes {properties.NameOf(missing & -missing)}: no reachable state has it", [], []);
        }

        return Liveness() ?? Verdict(ModelOutcome.Holds, deepest);
    }

    private ModelVerdict? Liveness()
    {
        if (graph is null)
            return null;
        TakeMemory(FairRuns.BytesFor(graph.Count));
        if (unknown is not null)
            return Verdict(ModelOutcome.Unknown, deepest) with { Reason = $"{unknown} to search for fair runs" };
        var fairness = new FairnessRules(BitsOf(Fairness.Weak), BitsOf(Fairness.Strong), actions.Bits);
        foreach (var property in properties.Liveness)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Counterexample(graph, fairness, property) is { } run)
                return Violated($"{property}: it never comes", [.. run.Path.Select(a => actions[a])], [.. run.Cycle.Select(a => actions[a])]);
        }

        return null;
    }

    // A run on which the fact does not come: from the first state, from any, or from one with the trigger.
    private Lasso? Counterexample(StateGraph states, FairnessRules fairness, ModelProperty property)
    {
        var (fact, trigger) = (properties.BitOf(property.Fact), properties.BitOf(property.Trigger));
        return new FairRuns(states, fairness).Find(
            property.Kind switch
            {
                ModelPropertyKind.Eventually => s => s == 0,
                ModelPropertyKind.LeadsTo => s => (states.FactsOf(s) & trigger) != 0,
                _ => _ => true,
            },
            s => (states.FactsOf(s) & fact) == 0);
    }

    private ulong BitsOf(Fairness fairness)
    {
        var bits = 0UL;
        for (var i = 0; i < properties.FairActions.Count; i++)
            bits |= properties.FairActions[i].Fairness == fairness ? 1UL << i : 0;
        return bits;
    }

    private ModelVerdict Violated(string what, IReadOnlyList<string> path, IReadOnlyList<string> cycle) =>
        Verdict(ModelOutcome.Violated, path is ["start"] ? 0 : path.Count) with { Violation = what, Path = path, Cycle = cycle };

    private ModelVerdict Verdict(ModelOutcome outcome, int depth) => new(outcome, seen.Count, tried, depth, null, [])
    {
        MemoryBytes = memory,
        MissChance = Math.ScaleB((double)seen.Count * seen.Count, options.Fingerprint == FingerprintSize.Bits128 ? -129 : -65),
        Witnesses = reached.ToDictionary(r => properties.NameOf(r.Key), r => PathTo(r.Value, null)),
    };

    private IReadOnlyList<string> PathTo(int state, string? last)
    {
        var path = new List<string>();
        for (var at = state; at > 0; at = origins[at].Parent)
            path.Add(actions[origins[at].Action]);
        path.Reverse();
        if (last is not null)
            path.Add(last);
        return path.Count > 0 ? path : ["start"];
    }
}
