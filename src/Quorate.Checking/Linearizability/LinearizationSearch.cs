using Quorate.Checking.Findings;

namespace Quorate.Checking.Linearizability;

/// <summary>
/// The search of Wing and Gong with Lowe's memoisation, over one partition. It goes depth first; at each point it picks, among the
/// operations
/// invoked before the first completion that is not yet passed, one to take effect next.
/// </summary>
/// <remarks>
/// A few things keep it small. An operation that only observes, and whose result fits, is taken at once: moving it forward in any order
/// changes nothing for the others. Unknown operations of one effect are taken in the order of invocation. A configuration that used
/// more unknown operations than one seen before, and is otherwise equal, is cut (<see cref="ConfigurationSet"/>). An unknown operation that
/// would leave the state alone, or that the next operation would wipe out unseen, is not taken at all.
/// Source: Wing and Gong, Testing and verifying concurrent objects, 1993; Lowe, Testing for linearizability, 2017, sections 3 and 4.
/// </remarks>
internal sealed class LinearizationSearch
{
    private const int FrameBytes = 48;
    private readonly SearchProblem problem;
    private readonly CheckBudget budget;
    private readonly ConfigurationSet seen;
    private readonly ulong[] configuration;
    private readonly int usedStart;
    private readonly OpenOperations open;
    private readonly int[] used;
    private readonly bool[] done;
    private Frame[] frames = new Frame[64];
    private int depth;
    private int state;
    private int passed;
    private int furthest;

    public LinearizationSearch(SearchProblem problem, CheckBudget budget)
    {
        this.problem = problem;
        this.budget = budget;
        var keyWords = 1 + (problem.SlotCount + 63) / 64;
        var usedWords = (problem.UnknownCount + 63) / 64;
        seen = new ConfigurationSet(keyWords, usedWords, budget, () => problem.HeldBytes + frames.LongLength * FrameBytes);
        configuration = new ulong[keyWords + usedWords];
        usedStart = keyWords;
        open = new OpenOperations(problem.Known.Length);
        used = new int[problem.Classes.Length];
        done = new bool[problem.Invoked.Length];
        state = problem.Specification.Initial;
    }

    /// <summary>The most completions that any order explained.</summary>
    public int Furthest => furthest;

    /// <summary>The state after <see cref="Order"/>.</summary>
    public int State => state;

    /// <summary>The order that the search is at: after success, one that explains as many completions as asked.</summary>
    public IReadOnlyList<int> Order()
    {
        var order = new List<int>(depth);
        for (var i = 0; i < depth; i++)
            if (frames[i].Chosen >= 0)
                order.Add(frames[i].Chosen);
        return order;
    }

    /// <summary>Whether there is a linearization; null when the budget ran out.</summary>
    public bool? Run() => Run(problem.ByCompletion.Length);

    /// <summary>Whether there is an order that explains that many completions; null when the budget ran out.</summary>
    /// <param name="target">How many.</param>
    public bool? Run(int target)
    {
        Enter();
        while (depth > 0)
        {
            if (passed >= target)
                return true;
            if (!budget.TryTake())
                return null;
            if (!TryNext())
                Leave();
            else if (budget.Exhausted is not null)
                return null;
        }
        return false;
    }

    /// <summary>A point of the search: what is left to try from it, and how to go back from it.</summary>
    private struct Frame
    {
        public int Node;            // the next open operation to try, or -1 when only unknown ones are left
        public int Class;           // the next class to try
        public bool Forced;         // Node is the only choice
        public int Unknown;         // the unknown operation on the way to here, or -1
        public int Chosen;          // the operation on the way from here, or -1
        public int ChosenNode;      // its node, or -1 for an unknown one
        public int ChosenClass;
        public int State;           // the state here
        public int Passed;          // the completions passed here
    }

    /// <summary>Opens a frame for the configuration here, unless it is no use; then the caller goes back.</summary>
    private bool Enter()
    {
        furthest = Math.Max(furthest, passed);
        if (passed == problem.ByCompletion.Length)
            return Push(-1, false);
        var forced = FindForced();
        if (forced >= 0)
            return Push(forced, true);
        var added = seen.Add(Key());
        if (!budget.TryTake(seen.Probes))
            return Push(-1, false);
        return added == true && Push(open.First, false);
    }

    private bool Push(int node, bool forced)
    {
        var unknown = depth > 0 && frames[depth - 1].ChosenNode < 0 ? frames[depth - 1].Chosen : -1;
        if (depth == frames.Length)
            Array.Resize(ref frames, depth * 2);
        ref var frame = ref frames[depth++];
        frame = default;
        (frame.Node, frame.Forced, frame.Unknown) = (node, forced, unknown);
        (frame.Chosen, frame.ChosenNode) = (-1, -1);
        (frame.State, frame.Passed) = (state, passed);
        return true;
    }

    private ReadOnlySpan<ulong> Key()
    {
        configuration[0] = ((ulong)(uint)passed << 32) | (uint)state;
        return configuration;
    }

    /// <summary>An open operation that only observes and fits here, or -1.</summary>
    private int FindForced()
    {
        var deadline = problem.Completed[problem.ByCompletion[passed]];
        for (var node = open.First; node >= 0; node = open.After(node))
        {
            var operation = problem.Known[node];
            if (problem.Invoked[operation] > deadline)
                return -1;
            if (problem.Observer[operation] && problem.Specification.Apply(state, operation) == state)
                return node;
        }
        return -1;
    }

    /// <summary>Undoes the last choice of the top frame and makes its next one. False when it has none left.</summary>
    private bool TryNext()
    {
        ref var frame = ref frames[depth - 1];
        if (frame.Chosen >= 0)
            Undo(ref frame);
        return TryKnown(ref frame) || !frame.Forced && TryUnknown(ref frame);
    }

    private bool TryKnown(ref Frame frame)
    {
        var deadline = problem.Completed[problem.ByCompletion[passed]];
        while (frame.Node >= 0)
        {
            var node = frame.Node;
            var operation = problem.Known[node];
            if (problem.Invoked[operation] > deadline)
                break;
            frame.Node = frame.Forced ? -1 : open.After(node);
            if (frame.Unknown >= 0 && problem.Specification.Masks(operation, frame.Unknown))
                continue;
            var after = problem.Specification.Apply(state, operation);
            if (after == ISequentialSpecification.Rejected)
                continue;
            frame.Chosen = operation;
            frame.ChosenNode = node;
            TakeKnown(operation, node, after);
            return EnterOrBack();
        }
        frame.Node = -1;
        return false;
    }

    private bool TryUnknown(ref Frame frame)
    {
        var deadline = problem.Completed[problem.ByCompletion[passed]];
        while (frame.Class < problem.Classes.Length)
        {
            var c = frame.Class++;
            var members = problem.Classes[c];
            if (used[c] == members.Length || problem.Invoked[members[used[c]]] > deadline)
                continue;
            var operation = members[used[c]];
            if (frame.Unknown >= 0 && problem.Specification.Masks(operation, frame.Unknown))
                continue;
            var after = problem.Specification.Apply(state, operation);
            if (after == ISequentialSpecification.Rejected || after == state)
                continue;
            frame.Chosen = operation;
            frame.ChosenNode = -1;
            frame.ChosenClass = c;
            Flip(usedStart * 64 + problem.ClassStart[c] + used[c]);
            used[c]++;
            state = after;
            return EnterOrBack();
        }
        return false;
    }

    // Where the configuration was seen before there is no frame to push; the top frame undoes its choice when it is asked for the next.
    private bool EnterOrBack()
    {
        Enter();
        return true;
    }

    private void TakeKnown(int operation, int node, int after)
    {
        open.Remove(node);
        done[operation] = true;
        Flip(64 + problem.Slot[operation]);
        state = after;
        for (; passed < problem.ByCompletion.Length && done[problem.ByCompletion[passed]]; passed++)
            Flip(64 + problem.Slot[problem.ByCompletion[passed]]);
    }

    private void Undo(ref Frame frame)
    {
        while (passed > frame.Passed)
            Flip(64 + problem.Slot[problem.ByCompletion[--passed]]);
        state = frame.State;
        if (frame.ChosenNode >= 0)
        {
            done[frame.Chosen] = false;
            Flip(64 + problem.Slot[frame.Chosen]);
            open.Restore(frame.ChosenNode);
        }
        else
        {
            var c = frame.ChosenClass;
            used[c]--;
            Flip(usedStart * 64 + problem.ClassStart[c] + used[c]);
        }
        frame.Chosen = -1;
    }

    private void Leave() => depth--;

    private void Flip(int bit) => configuration[bit >> 6] ^= 1UL << (bit & 63);
}
