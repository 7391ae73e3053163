using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Checking.Linearizability;

namespace Quorate.Testing.Checks;

/// <summary>The history is linearizable.</summary>
/// <remarks>
/// Guarantee and cost: those of <see cref="LinearizabilityChecker"/>. Fails when: its bounds are reached; then it is undecided.
/// Source: Herlihy and Wing, Linearizability, 1990.
/// </remarks>
/// <param name="model">What the clients used.</param>
/// <param name="limits">Bounds; null for ones that are wide and do not depend on the machine.</param>
public sealed class LinearizabilityCheck(IHistoryModel model, CheckLimits? limits = null) : IHistoryCheck
{
    private static readonly CheckLimits Wide = new() { StepsMax = 50_000_000, MemoryBytesMax = 512L << 20 };

    /// <inheritdoc/>
    public string Name => $"linearizable ({model.Name})";

    /// <inheritdoc/>
    public CheckOutcome Check(History history)
    {
        var verdict = LinearizabilityChecker.Check(history, model, limits ?? Wide);
        if (verdict.Violation is { } violation)
            return new CheckOutcome($"the history is not linearizable\n{WitnessFinder.Find(violation)}");
        return verdict.Reason.Length > 0 ? new CheckOutcome(null, verdict.Reason) : CheckOutcome.Valid;
    }
}
