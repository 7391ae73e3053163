using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Checking.Linearizability;

namespace Quorate.Checking.SpecialCases;

/// <summary>
/// An element of a set that is added at most once and removed at most once. It is there from the one moment to the other, so those who saw it
/// bound the two from inside; those who saw it missing must fit before the first or after the second, which are therefore as late and as
/// early as they can be.
/// </summary>
/// <remarks>
/// A removal that does not say what it found may have come before the addition, and an unknown one never: both ways are tried.
/// Source: Bouajjani, Emmi, Enea and Hamza, On reducing linearizability to state reachability, 2018 (unique values); Lee and Mathur,
/// Efficient decrease-and-conquer linearizability monitoring, 2025 (sets).
/// </remarks>
internal sealed class SetElement(IReadOnlyList<HistoryOperation> operations, ElementAction[] actions) : ISpecialCase
{
    private const int None = -1;
    private readonly OperationTimes times = new(operations);

    public string Name => "unique elements";

    public SpecialVerdict Check(CheckBudget budget)
    {
        var (add, remove) = (None, None);
        for (var i = 0; i < actions.Length; i++)
        {
            if (actions[i] is ElementAction.Insert or ElementAction.Put && !TryTake(ref add, i))
                return SpecialVerdict.General($"{operations[i].Input} is added twice");
            if (actions[i] is ElementAction.Take or ElementAction.Clear && !TryTake(ref remove, i))
                return SpecialVerdict.General($"{operations[i].Input} is removed twice");
        }
        return IsPossible(add, remove) ? SpecialVerdict.Valid : SpecialVerdict.Invalid(Core(add, remove));
    }

    private static bool TryTake(ref int taken, int operation)
    {
        if (taken != None)
            return false;
        taken = operation;
        return true;
    }

    private bool IsPossible(int add, int remove)
    {
        if (remove == None || actions[remove] == ElementAction.Clear && operations[remove].Outcome == HistoryOutcome.Unknown)
        {
            if (IsPossible(add, None, [None]))
                return true;
            if (remove == None)
                return false;
        }
        // As one more look that found nothing, before the addition.
        return IsPossible(add, remove, [None]) || actions[remove] == ElementAction.Clear && IsPossible(add, None, [remove]);
    }

    /// <summary>Whether there is an order in which a removal, where there is one, comes after the addition.</summary>
    private bool IsPossible(int add, int remove, ReadOnlySpan<int> absent)
    {
        var (latest, earliest) = Bounds(remove, out var seen);
        if (add == None)
            return !seen;
        // What nobody saw, and may never have happened, did not.
        if (!seen && operations[add].Outcome == HistoryOutcome.Unknown)
            return true;
        latest = Math.Min(latest, times.Completed[add]);
        if (latest < times.Invoked[add])
            return false;
        if (remove == None)
            earliest = OperationTimes.Never;
        else if (times.Completed[remove] < Math.Max(earliest, times.Invoked[add]))
            return false;
        foreach (var place in absent)
            if (place != None && !Fits(place, latest, earliest))
                return false;
        for (var i = 0; i < actions.Length; i++)
            if (actions[i] == ElementAction.SeeAbsent && !Fits(i, latest, earliest))
                return false;
        return true;
    }

    // The addition must come before the end of those who saw the element, and the removal after their beginning.
    private (int Latest, int Earliest) Bounds(int remove, out bool seen)
    {
        var (latest, earliest) = (OperationTimes.Never, None);
        seen = remove != None;
        for (var i = 0; i < actions.Length; i++)
        {
            if (actions[i] != ElementAction.SeePresent && i != remove)
                continue;
            seen = true;
            latest = Math.Min(latest, times.Completed[i]);
            earliest = Math.Max(earliest, times.Invoked[i]);
        }
        return (latest, earliest);
    }

    // Where the two moments can lie next to each other, anywhere fits around them.
    private bool Fits(int operation, int latest, int earliest) =>
        times.Invoked[operation] < latest || times.Completed[operation] > earliest;

    // Of those who saw it only the first to end and the last to begin can matter; of those who did not, one that fits nowhere.
    private int[] Core(int add, int remove)
    {
        var (first, last) = (None, None);
        for (var i = 0; i < actions.Length; i++)
        {
            if (actions[i] != ElementAction.SeePresent)
                continue;
            first = first == None || times.Completed[i] < times.Completed[first] ? i : first;
            last = last == None || times.Invoked[i] > times.Invoked[last] ? i : last;
        }
        return [add, remove, first, last, Misfit(add, remove), Misfit(add, None)];
    }

    private int Misfit(int add, int remove)
    {
        var (latest, earliest) = Bounds(remove, out _);
        latest = add == None ? latest : Math.Min(latest, times.Completed[add]);
        return Array.FindIndex(
            [.. Enumerable.Range(0, actions.Length)],
            i => actions[i] == ElementAction.SeeAbsent && !Fits(i, latest, remove == None ? OperationTimes.Never : earliest));
    }
}
