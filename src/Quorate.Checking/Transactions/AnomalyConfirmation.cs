using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Transactions;

/// <summary>
/// A second look at a witness, from the history alone and without anything that the checker made of it: each step of a cycle must follow
/// from what some transaction read, and each anomaly must be there to see.
/// </summary>
internal sealed class AnomalyConfirmation(History history, TransactionModel model)
{
    private readonly IVersionEvidence evidence =
        model == TransactionModel.ListAppend ? new ListEvidence(history) : new RegisterEvidence(history);

    public bool Confirms(Finding finding)
    {
        if (finding.Cycle.Count > 0)
            return ConfirmsCycle(finding);
        var isOrder = finding.Name.StartsWith(RegisterSearch.NoSerialOrder, StringComparison.Ordinal);
        var isSnapshot = finding.Name.StartsWith(RegisterSearch.NoSnapshotOrder, StringComparison.Ordinal);
        return isOrder || isSnapshot ? new OrderConfirmation(finding, isSnapshot).HasNoOrder() : evidence.ConfirmsDirect(finding);
    }

    private bool ConfirmsCycle(Finding finding)
    {
        var cycle = finding.Cycle;
        for (var i = 0; i < cycle.Count; i++)
            if (cycle[i].To != cycle[(i + 1) % cycle.Count].From || cycle[i].From == cycle[i].To || !Confirms(cycle[i]))
                return false;
        var kinds = cycle.Select(s => s.Kind).ToArray();
        var antidependencies = kinds.Count(k => k == DependencyKind.ReadWrite);
        return finding.Name switch
        {
            "fractured-read" or "PRAM" or "causal" => antidependencies == 1 && !kinds.Contains(DependencyKind.WriteWrite),
            _ => finding.Name == CycleNames.Of(kinds),
        };
    }

    private bool Confirms(Dependency step) => step.Kind switch
    {
        DependencyKind.Process => step.From.Process == step.To.Process && IsBefore(step.From, step.To),
        DependencyKind.RealTime => IsBefore(step.From, step.To),
        DependencyKind.WriteRead => evidence.Reads(step),
        DependencyKind.WriteWrite => evidence.Overwrites(step),
        DependencyKind.ReadWrite => evidence.OverwritesRead(step),
        _ => false,
    };

    private static bool IsBefore(HistoryOperation first, HistoryOperation second) =>
        first.Outcome == HistoryOutcome.Ok && first.Completed < second.Invoked;
}
