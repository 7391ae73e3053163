using Quorate.Checking.Findings;

namespace Quorate.Checking.Linearizability;

/// <summary>The outcome of a check.</summary>
/// <param name="Outcome">What was found.</param>
/// <param name="Steps">How many steps the search took.</param>
/// <param name="Reason">Which bound was reached, when the outcome is unknown; else empty.</param>
/// <param name="Violation">Where it went wrong, when the outcome is invalid; else null.</param>
public sealed record Verdict(CheckOutcome Outcome, long Steps, string Reason = "", Violation? Violation = null)
{
    /// <summary>How the objects were decided, in words: by a near-linear check, and of what kind, or by search, and why.</summary>
    public string Method { get; init; } = "search";
}

/// <summary>Where a history stops being linearizable.</summary>
/// <param name="Partition">The object.</param>
/// <param name="Stuck">
/// The place in the partition of the operation that no order explains: every order of the operations invoked before its completion fails.
/// </param>
/// <param name="Explained">How many completions before that one an order explains: all of them.</param>
public sealed record Violation(HistoryPartition Partition, int Stuck, int Explained);
