using Quorate.Checking.Histories;

namespace Quorate.Checking.Linearizability;

/// <summary>A partition laid out for the search: known operations by invocation and by completion, unknown ones by class.</summary>
internal sealed class SearchProblem
{
    private const int BytesPerOperation = 48;

    public SearchProblem(HistoryPartition partition)
    {
        Specification = partition.Specification;
        var operations = partition.Operations;
        (Invoked, Completed, Observer) = (new int[operations.Count], new int[operations.Count], new bool[operations.Count]);
        var known = new List<int>(operations.Count);
        var unknown = new List<int>();
        for (var i = 0; i < operations.Count; i++)
        {
            (Invoked[i], Completed[i], Observer[i]) = (operations[i].Invoked, operations[i].Completed, Specification.IsObserver(i));
            if (operations[i].Outcome == HistoryOutcome.Ok)
                known.Add(i);
            else if (operations[i].Outcome == HistoryOutcome.Unknown && !Observer[i])
                unknown.Add(i);
        }
        Known = InOrderOf(Invoked, known);
        ByCompletion = InOrderOf(Completed, known);
        Rank = new int[operations.Count];
        for (var rank = 0; rank < ByCompletion.Length; rank++)
            Rank[ByCompletion[rank]] = rank;
        (Slot, SlotCount) = AssignSlots();
        Classes = ClassesOf(InOrderOf(Invoked, unknown));
        ClassStart = new int[Classes.Length];
        for (var c = 0; c < Classes.Length; UnknownCount += Classes[c++].Length)
            ClassStart[c] = UnknownCount;
    }

    public ISequentialSpecification Specification { get; }

    public int[] Invoked { get; }

    public int[] Completed { get; }

    /// <summary>The operations that happened, by invocation.</summary>
    public int[] Known { get; }

    /// <summary>The same, by completion.</summary>
    public int[] ByCompletion { get; }

    /// <summary>An operation's place in <see cref="ByCompletion"/>.</summary>
    public int[] Rank { get; }

    /// <summary>A number for each known operation that no other has while both are open: a bit in the memoised sets.</summary>
    public int[] Slot { get; }

    /// <summary>Whether an operation never changes the state.</summary>
    public bool[] Observer { get; }

    public int SlotCount { get; }

    /// <summary>
    /// The unknown operations that may change the state; those of one class are interchangeable, and stand by invocation.
    /// </summary>
    public int[][] Classes { get; }

    /// <summary>The first bit of each class in the memoised sets.</summary>
    public int[] ClassStart { get; }

    public int UnknownCount { get; }

    /// <summary>How many bytes the layout takes, and the states that the specification has made.</summary>
    public long HeldBytes => (long)Invoked.Length * BytesPerOperation + Specification.HeldBytes;

    // One sort of plain numbers, place behind key: the checker's first run would otherwise spend longer on compiling a sort than sorting.
    private static int[] InOrderOf(int[] keys, List<int> places)
    {
        var packed = new long[places.Count];
        for (var i = 0; i < packed.Length; i++)
            packed[i] = ((long)keys[places[i]] << 32) | (uint)places[i];
        Array.Sort(packed);
        var ordered = new int[packed.Length];
        for (var i = 0; i < packed.Length; i++)
            ordered[i] = (int)packed[i];
        return ordered;
    }

    private int[][] ClassesOf(int[] unknown)
    {
        var members = new Dictionary<int, List<int>>();
        var classes = new List<int[]>();
        var order = new List<int>();
        foreach (var operation in unknown)
        {
            var number = Specification.EffectClass(operation);
            if (!members.TryGetValue(number, out var alike))
            {
                members.Add(number, alike = []);
                order.Add(number);
            }
            alike.Add(operation);
        }
        foreach (var number in order)
            if (IsObserved(members[number][0]))
                classes.Add(members[number].ToArray());
        return classes.ToArray();
    }

    // What nobody can have seen need not have happened.
    private bool IsObserved(int writer)
    {
        for (var i = 0; i < Invoked.Length; i++)
            if (Specification.Observes(i, writer))
                return true;
        return false;
    }

    private (int[] Slot, int Count) AssignSlots()
    {
        var slot = new int[Invoked.Length];
        var free = new List<int>();
        var count = 0;
        var completion = 0;
        foreach (var operation in Known)
        {
            for (; Completed[ByCompletion[completion]] < Invoked[operation]; completion++)
                free.Add(slot[ByCompletion[completion]]);
            slot[operation] = free.Count > 0 ? free[^1] : count++;
            if (free.Count > 0)
                free.RemoveAt(free.Count - 1);
        }
        return (slot, count);
    }
}
