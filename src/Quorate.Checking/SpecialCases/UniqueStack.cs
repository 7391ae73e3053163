using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Checking.Linearizability;

namespace Quorate.Checking.SpecialCases;

/// <summary>
/// A stack, last in first out, onto which each value is put at most once. <see cref="StackPeeling"/> decides whether the values can be nested;
/// what found the stack empty needs a moment at which nothing surely lay on it, and a nesting can be parted at any such moments.
/// </summary>
/// <remarks>
/// An unknown pop may have taken any one of the values that were left. Without any of them taken, valid is exact; with each taken as early as
/// the first unknown pop could have, invalid is exact; what lies between is for the general search.
/// Source: Lee and Mathur, Efficient decrease-and-conquer linearizability monitoring, 2025 (values whose removal keeps the verdict); Bouajjani,
/// Emmi, Enea and Hamza, On reducing linearizability to state reachability, 2018.
/// </remarks>
internal sealed class UniqueStack(IReadOnlyList<HistoryOperation> operations, TakeAction[] actions, int[] values) : ISpecialCase
{
    private const int BytesPerOperation = 256;

    public string Name => "unique values";

    public SpecialVerdict Check(CheckBudget budget)
    {
        if (!budget.TryHold((long)values.Length * BytesPerOperation))
            return SpecialVerdict.General(budget.Exhausted!);
        var (lives, contradiction, reason) = ValueLives.Of(operations, actions, values);
        if (lives is null)
            return reason.Length > 0 ? SpecialVerdict.General(reason) : SpecialVerdict.Invalid(contradiction);
        var verdict = Check(lives);
        if (verdict.Outcome == CheckOutcome.Valid || lives.UnknownTakes.Length == 0 || !Enumerable.Range(0, lives.Count).Any(lives.IsLeft))
            return verdict;
        var relaxed = Check(lives.WithEarliestTakes());
        return relaxed.Outcome == CheckOutcome.Invalid
            ? SpecialVerdict.Invalid([.. relaxed.Core, .. lives.UnknownTakes])
            : SpecialVerdict.General("which value an unknown pop took decides");
    }

    private static SpecialVerdict Check(ValueLives lives)
    {
        if (PresenceIntervals.FindCovered(lives) is { } covered)
            return SpecialVerdict.Invalid([covered.Empty, .. covered.Values.SelectMany(lives.OperationsOn)]);
        if (new StackPeeling(lives).FindStuck() is not { } stuck)
            return SpecialVerdict.Valid;
        var part = lives.Of(stuck);
        var least = part.Smallest(some => new StackPeeling(part.Of(some)).FindStuck() is not null);
        return SpecialVerdict.Invalid(least.SelectMany(part.OperationsOn));
    }
}
