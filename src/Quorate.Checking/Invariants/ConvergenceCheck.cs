using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Invariants;

/// <summary>
/// Replicas that converge: <c>state</c> gives <c>{seen [update …], state s}</c> of one replica, and <c>final</c> gives the state of one
/// after everything was delivered. Other functions are updates, and are passed over.
/// </summary>
/// <remarks>
/// Guarantee: invalid when two replicas saw the same updates, in whatever order, and yet have different states, or when two final states
/// differ.
/// Cost: sorts what each replica saw.
/// Fails when: a state has no <c>seen</c>: <see cref="HistoryFormatException"/>.
/// Source: Shapiro et al., Conflict-free replicated data types, 2011, definition 2.3 (strong convergence).
/// </remarks>
public sealed class ConvergenceCheck : IHistoryCheck
{
    /// <inheritdoc/>
    public string Name => "convergence";

    /// <inheritdoc/>
    public string About => "state -> {seen [u …] state s}, final -> s: what saw the same updates has the same state";

    /// <inheritdoc/>
    public CheckReport Check(History history, CheckLimits? limits = null, CancellationToken cancellationToken = default)
    {
        var findings = new FindingList();
        var states = new Dictionary<string, HistoryOperation>();
        HistoryOperation? final = null;
        var count = 0;
        foreach (var operation in history.Operations)
        {
            if (operation.Outcome != HistoryOutcome.Ok || operation.Function is not ("state" or "final"))
                continue;
            count++;
            if (operation.Function == "final")
            {
                final ??= operation;
                if (!final.Output.Equals(operation.Output))
                    findings.Add("diverged", () => new Finding("diverged", "two final states differ", [final, operation]));
                continue;
            }
            var seen = SeenBy(operation);
            if (!states.TryAdd(seen, operation) && !Equals(states[seen].Output.Field("state"), operation.Output.Field("state")))
                findings.Add("diverged", () => new Finding(
                    "diverged", "two replicas saw the same updates and have different states", [states[seen], operation]));
        }
        return count == 0 ? Reports.Unknown(Name, "nobody read a state") : Reports.Of(Name, history, findings, Confirms, $"{count} states");
    }

    private static string SeenBy(HistoryOperation operation)
    {
        var seen = operation.Output.Field("seen")
            ?? throw new HistoryFormatException(
                $"a state must be a map with 'seen' and 'state', not {operation.Output}", operation.CompletedLine);
        return string.Join('\n', seen.Items.Select(u => u.ToString()).Distinct().Order(StringComparer.Ordinal));
    }

    private static bool Confirms(History history, Finding finding)
    {
        var (first, second) = (finding.Operations[0], finding.Operations[1]);
        if (first.Function != second.Function || !history.Operations.Contains(first) || !history.Operations.Contains(second))
            return false;
        return first.Function == "final"
            ? !first.Output.Equals(second.Output)
            : first.Output.Field("seen")!.Items.ToHashSet().SetEquals(second.Output.Field("seen")!.Items)
                && !Equals(first.Output.Field("state"), second.Output.Field("state"));
    }
}
