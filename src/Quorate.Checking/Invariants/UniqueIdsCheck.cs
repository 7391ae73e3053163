using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Invariants;

/// <summary>Identifiers: whatever the function, an operation that ended ok gave one that no other gave.</summary>
/// <remarks>
/// Guarantee: invalid exactly when two operations gave the same value.
/// Cost: linear.
/// Fails when: never.
/// Source: Jepsen's unique-ids checker.
/// </remarks>
public sealed class UniqueIdsCheck : IHistoryCheck
{
    /// <inheritdoc/>
    public string Name => "unique-ids";

    /// <inheritdoc/>
    public string About => "generate -> id: no id is given twice";

    /// <inheritdoc/>
    public CheckReport Check(History history, CheckLimits? limits = null, CancellationToken cancellationToken = default)
    {
        var findings = new FindingList();
        var givers = new Dictionary<HistoryValue, HistoryOperation>();
        foreach (var operation in history.Operations)
        {
            if (operation.Outcome != HistoryOutcome.Ok)
                continue;
            if (!givers.TryAdd(operation.Output, operation))
                findings.Add("duplicate-id", () => new Finding(
                    "duplicate-id",
                    $"{operation.Output} was given twice",
                    [givers[operation.Output], operation],
                    null,
                    operation.Output));
        }
        return Reports.Of(Name, history, findings, Confirms, $"{givers.Count} ids");
    }

    private static bool Confirms(History history, Finding finding) =>
        history.Operations.Count(o => o.Outcome == HistoryOutcome.Ok && o.Output.Equals(finding.Value)) > 1
        && finding.Operations.All(o => o.Output.Equals(finding.Value));
}
