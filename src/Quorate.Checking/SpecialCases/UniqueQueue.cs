using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Checking.Linearizability;

namespace Quorate.Checking.SpecialCases;

/// <summary>
/// A queue, first in first out, into which each value is put at most once. There is a linearization exactly when no value is taken that was not
/// put before, or twice, or before one that was put earlier, and nothing found the queue empty while values that follow each other without a
/// gap were in it.
/// </summary>
/// <remarks>
/// An unknown dequeue may have taken any one of the values that were left: each of these must be gone before one put after it is, and each
/// discovery of an empty queue has moments at which enough of them can be gone. What an unknown dequeue can do depends on its beginning
/// alone, so counting beginnings against deadlines decides (Hall's theorem over nested sets).
/// Source: Henzinger, Sezgin and Vafeiadis, Aspect-oriented linearizability proofs, 2013; Bouajjani, Emmi, Enea and Hamza, On reducing
/// linearizability to state reachability, 2018 (the four violations suffice).
/// </remarks>
internal sealed class UniqueQueue(IReadOnlyList<HistoryOperation> operations, TakeAction[] actions, int[] values) : ISpecialCase
{
    private const int BytesPerOperation = 160;

    public string Name => "unique values";

    public SpecialVerdict Check(CheckBudget budget)
    {
        if (!budget.TryHold((long)values.Length * BytesPerOperation))
            return SpecialVerdict.General(budget.Exhausted!);
        var (lives, contradiction, reason) = ValueLives.Of(operations, actions, values);
        if (lives is null)
            return reason.Length > 0 ? SpecialVerdict.General(reason) : SpecialVerdict.Invalid(contradiction);
        if (Overtaken(lives) is { } overtaken)
            return SpecialVerdict.Invalid(overtaken.SelectMany(lives.OperationsOn));
        return lives.UnknownTakes.Length == 0 ? CheckEmpties(lives) : new UnknownDequeues(lives).Check();
    }

    private static SpecialVerdict CheckEmpties(ValueLives lives) => PresenceIntervals.FindCovered(lives) is { } covered
        ? SpecialVerdict.Invalid([covered.Empty, .. covered.Values.SelectMany(lives.OperationsOn)])
        : SpecialVerdict.Valid;

    /// <summary>Two values, of which the second was put after the first and surely taken before it; or null.</summary>
    private static int[]? Overtaken(ValueLives lives)
    {
        // What was left may have gone by an unknown dequeue; these are counted elsewhere.
        var counted = Enumerable.Range(0, lives.Count).Where(v => !lives.IsLeft(v) || lives.UnknownTakes.Length == 0).ToArray();
        var (invoked, completed) = (new int[lives.Count], new int[lives.Count]);
        foreach (var value in counted)
            (invoked[value], completed[value]) = (lives.PutInvoked(value), lives.PutCompleted(value));
        var byCompletion = OperationTimes.InOrderOf(completed, counted);
        var (next, last) = (0, -1);
        foreach (var value in OperationTimes.InOrderOf(invoked, counted))
        {
            for (; completed[byCompletion[next]] < invoked[value]; next++)
                if (last < 0 || lives.TakeInvoked(byCompletion[next]) > lives.TakeInvoked(last))
                    last = byCompletion[next];
            if (last >= 0 && lives.TakeInvoked(last) > lives.TakeCompleted(value))
                return [last, value];
        }
        return null;
    }
}
