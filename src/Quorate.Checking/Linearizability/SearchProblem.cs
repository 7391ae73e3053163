namespace Quorate.Checking.Linearizability;

/// <summary>A partition laid out for the search: known operations by invocation and by completion, unknown ones by class.</summary>
internal sealed class SearchProblem
{
    public SearchProblem(HistoryPartition partition)
    {
        Specification = partition.Specification;
        var operations = partition.Operations;
        Invoked = operations.Select(o => o.Invoked).ToArray();
        Completed = operations.Select(o => o.Completed).ToArray();
        Known = Places(operations.Count, i => operations[i].Outcome == Histories.HistoryOutcome.Ok).OrderBy(i => Invoked[i]).ToArray();
        ByCompletion = Known.OrderBy(i => Completed[i]).ToArray();
        Rank = new int[operations.Count];
        for (var rank = 0; rank < ByCompletion.Length; rank++)
            Rank[ByCompletion[rank]] = rank;
        Observer = Enumerable.Range(0, operations.Count).Select(Specification.IsObserver).ToArray();
        (Slot, SlotCount) = AssignSlots();
        Classes = Places(operations.Count, i => operations[i].Outcome == Histories.HistoryOutcome.Unknown)
            .Where(i => !Observer[i])
            .GroupBy(Specification.EffectClass)
            .Where(g => IsObserved(g.First(), operations.Count))
            .Select(g => g.OrderBy(i => Invoked[i]).ToArray())
            .ToArray();
        ClassStart = new int[Classes.Length];
        for (var c = 1; c < Classes.Length; c++)
            ClassStart[c] = ClassStart[c - 1] + Classes[c - 1].Length;
        UnknownCount = Classes.Sum(c => c.Length);
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

    /// <summary>The unknown operations that may change the state; those of one class are interchangeable, and stand by invocation.</summary>
    public int[][] Classes { get; }

    /// <summary>The first bit of each class in the memoised sets.</summary>
    public int[] ClassStart { get; }

    public int UnknownCount { get; }

    // What nobody can have seen need not have happened.
    private bool IsObserved(int writer, int count)
    {
        for (var i = 0; i < count; i++)
            if (Specification.Observes(i, writer))
                return true;
        return false;
    }

    private static IEnumerable<int> Places(int count, Func<int, bool> which) => Enumerable.Range(0, count).Where(which);

    private (int[] Slot, int Count) AssignSlots()
    {
        var slot = new int[Invoked.Length];
        var free = new PriorityQueue<int, int>();
        var count = 0;
        var completion = 0;
        foreach (var operation in Known)
        {
            for (; Completed[ByCompletion[completion]] < Invoked[operation]; completion++)
                free.Enqueue(slot[ByCompletion[completion]], slot[ByCompletion[completion]]);
            slot[operation] = free.TryDequeue(out var reused, out _) ? reused : count++;
        }
        return (slot, count);
    }
}
