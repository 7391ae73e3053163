using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Linearizability;

/// <summary>Tells whether a history could have come from one copy of an object, with each operation taking effect at one instant.</summary>
/// <remarks>
/// Guarantee: valid and invalid are exact. An operation that failed never took effect; one whose outcome is unknown took effect at any
/// time after its invocation, or never.
/// Cost: near linear for objects that a special case covers, such as a register whose values are written once each; else exponential in the
/// concurrency at worst, near linear for the histories of working systems.
/// Fails when: a bound is reached: then the verdict is unknown and says which. It never runs past its bounds.
/// Source: Herlihy and Wing, 1990; Wing and Gong, 1993; Lowe, 2017.
/// </remarks>
public static class LinearizabilityChecker
{
    private const long QuickSteps = 2_000_000;

    /// <summary>Checks a history, object by object, up to the first that is not linearizable.</summary>
    /// <param name="history">The history.</param>
    /// <param name="model">What it is about.</param>
    /// <param name="limits">Bounds; null for the default ones.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="HistoryFormatException">The model does not know an operation of the history.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Verdict Check(
        History history, IHistoryModel model, CheckLimits? limits = null, CancellationToken cancellationToken = default)
    {
        var budget = new CheckBudget(limits ?? CheckLimits.Default, cancellationToken);
        var methods = new MethodTally();
        var hard = new List<HistoryPartition>();
        foreach (var partition in model.Partition(history))
        {
            budget.Allow(QuickSteps);
            var verdict = CheckPartition(partition, budget);
            methods.Count(verdict);
            if (verdict.Outcome == CheckOutcome.Invalid)
                return verdict;
            if (verdict.Outcome == CheckOutcome.Unknown)
                hard.Add(partition);
        }
        return CheckHard(hard, budget) with { Method = methods.ToString() };
    }

    /// <summary>Checks the operations on one object.</summary>
    /// <param name="partition">The object.</param>
    /// <param name="limits">Bounds; null for the default ones.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Verdict CheckPartition(
        HistoryPartition partition, CheckLimits? limits = null, CancellationToken cancellationToken = default) =>
        CheckPartition(partition, new CheckBudget(limits ?? CheckLimits.Default, cancellationToken));

    // What the quick pass left open: one such object must not keep a bad one behind it from being found.
    private static Verdict CheckHard(List<HistoryPartition> hard, CheckBudget budget)
    {
        var outcome = new Verdict(CheckOutcome.Valid, budget.Steps);
        foreach (var partition in hard)
        {
            budget.Allow(long.MaxValue);
            var verdict = CheckPartition(partition, budget);
            if (verdict.Outcome == CheckOutcome.Invalid)
                return verdict;
            if (verdict.Outcome == CheckOutcome.Unknown)
                outcome = verdict;
        }
        return outcome with { Steps = budget.Steps };
    }

    private static Verdict CheckPartition(HistoryPartition partition, CheckBudget budget)
    {
        if (partition.Special is not { } special)
            return Search(partition, budget);
        var quick = special.Check(budget);
        if (quick.Outcome == CheckOutcome.Valid)
            return new Verdict(CheckOutcome.Valid, budget.Steps) { Method = NearLinear(special) };
        if (quick.Outcome == CheckOutcome.Unknown)
            return Search(partition, budget) with { Method = $"search, as {quick.Reason}" };
        // The search must come to the same from the core alone: no verdict rests on the special case's word.
        var core = Search(CoreOf(partition, quick), budget);
        return core.Outcome == CheckOutcome.Invalid
            ? core with { Method = NearLinear(special) }
            : Search(partition, budget) with { Method = $"search, as it did not confirm the near-linear check ({special.Name})" };
    }

    private static string NearLinear(ISpecialCase special) => $"near-linear check ({special.Name})";

    private static HistoryPartition CoreOf(HistoryPartition partition, SpecialVerdict quick)
    {
        var view = quick.View ?? new PartSpecification(partition.Specification, quick.Core, quick.Start ?? partition.Specification.Initial);
        return new HistoryPartition(partition.Name, quick.Core.Select(place => partition.Operations[place]).ToArray(), view);
    }

    private static Verdict Search(HistoryPartition partition, CheckBudget budget)
    {
        var problem = new SearchProblem(partition);
        var search = new LinearizationSearch(problem, budget);
        return search.Run() switch
        {
            true => new Verdict(CheckOutcome.Valid, budget.Steps),
            false => new Verdict(
                CheckOutcome.Invalid,
                budget.Steps,
                Violation: new Violation(partition, problem.ByCompletion[search.Furthest], search.Furthest)),
            null => new Verdict(CheckOutcome.Unknown, budget.Steps, budget.Exhausted!),
        };
    }
}
