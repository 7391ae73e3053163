using Quorate.Checking.Dependencies;
using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Transactions;

/// <summary>Tells which isolation levels a history of transactions keeps.</summary>
/// <remarks>
/// Guarantee: a level is invalid only with a witness that a second, independent look at the history confirms. With lists, valid means that
/// the history has no anomaly that the level rules out, as far as its reads tell the order of versions.
/// Cost: linear in the history as long as there is no cycle; searches within the cyclic part are bounded by the limits.
/// Fails when: a step is not of the model: <see cref="HistoryFormatException"/>. Past a bound the levels that it leaves open are unknown.
/// Source: Adya, 1999; Kingsbury and Alvaro, Elle, VLDB 2020.
/// </remarks>
public static class IsolationChecker
{
    private static readonly (string Name, Violation Violation)[] DirectViolations =
    [
        ("duplicate-elements", Violation.Versions),
        ("garbage-read", Violation.Versions),
        ("cyclic-versions", Violation.Versions),
        ("incompatible-order", Violation.Dirty),
        ("G1a", Violation.Dirty),
        ("G1b", Violation.Dirty),
        ("dirty-update", Violation.Dirty),
        ("internal", Violation.Internal),
        ("lost-update", Violation.LostUpdate),
    ];

    /// <summary>Checks a history against every level.</summary>
    /// <param name="history">The history.</param>
    /// <param name="model">What its transactions do.</param>
    /// <param name="limits">Bounds; null for the default ones.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="HistoryFormatException">A step is not of the model.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IsolationReport Check(
        History history, TransactionModel model, CheckLimits? limits = null, CancellationToken cancellationToken = default)
    {
        var budget = new CheckBudget(limits ?? CheckLimits.Default, cancellationToken);
        var registers = model == TransactionModel.RwRegister ? new RegisterTransactions(history) : null;
        IDependencies dependencies = registers is null ? new ListDependencies(history) : new RegisterDependencies(registers);
        var count = history.Operations.Count;
        if (dependencies.Ambiguity is { } ambiguity)
            return new IsolationReport(
                IsolationLevels.All.Select(l => new LevelVerdict(l, CheckOutcome.Unknown, ambiguity)).ToArray(), [], count);
        var confirmation = new AnomalyConfirmation(history, model);
        var ledger = new AnomalyLedger(confirmation.Confirms);
        var edges = new EdgeList(count);
        dependencies.AddEdges(edges);
        RealTimeOrder.AddTo(history.Operations, history.EventCount, edges, DependencyKind.RealTime);
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var finding in dependencies.Direct.ToFindings())
            ledger.Add([DirectViolations.First(d => d.Name == finding.Name).Violation], finding);
        if (CyclicPart.Of(edges.ToGraph(), history.Operations) is { } part)
            new CycleTests(part, dependencies, budget, ledger).Run();
        if (registers is not null)
            new RegisterSearch(registers, budget, ledger).Run();
        return new IsolationReport(IsolationLevels.All.Select(ledger.VerdictAt).ToArray(), ledger.Findings, count);
    }
}
