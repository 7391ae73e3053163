using Quorate.Checking.Histories;

namespace Quorate.Checking.Findings;

/// <summary>The outcome of a check.</summary>
/// <param name="Model">What was checked.</param>
/// <param name="Outcome">What was found.</param>
/// <param name="Reason">Why nothing can be said, when the outcome is unknown; else empty.</param>
/// <param name="Findings">The contradictions, at most a few of each name; empty unless the outcome is invalid.</param>
public sealed record CheckReport(string Model, CheckOutcome Outcome, string Reason, IReadOnlyList<Finding> Findings)
{
    /// <summary>What the check counted, for people: <c>reads 12</c>.</summary>
    public IReadOnlyList<string> Counts { get; init; } = [];
}

/// <summary>A check of one kind of history.</summary>
/// <remarks>
/// Guarantee asked of an implementation: invalid only with a witness that a second, independent look at the history confirms.
/// Cost: as its README says.
/// Fails when: the history has operations that the check does not know: <see cref="HistoryFormatException"/>.
/// Source: the README of its folder.
/// </remarks>
public interface IHistoryCheck
{
    /// <summary>The name, as the command line takes it.</summary>
    string Name { get; }

    /// <summary>What the history must look like and what is promised, in a line.</summary>
    string About { get; }

    /// <summary>Checks a history.</summary>
    /// <param name="history">The history.</param>
    /// <param name="limits">Bounds; null for the default ones.</param>
    /// <param name="cancellationToken">Gives up.</param>
    CheckReport Check(History history, CheckLimits? limits = null, CancellationToken cancellationToken = default);
}
