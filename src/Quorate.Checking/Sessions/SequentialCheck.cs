using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Checking.Transactions;

namespace Quorate.Checking.Sessions;

/// <summary>
/// Sequential consistency of <c>read</c> and <c>write</c> of keys: one order of all operations, which keeps that of each session, explains
/// every read.
/// </summary>
/// <remarks>
/// Guarantee: valid and invalid are exact: each operation is taken for a transaction, and they must be serializable in the order of
/// sessions.
/// Cost: near linear when a first try succeeds; else a search, which is NP-hard at worst and bounded by the limits.
/// Fails when: an operation is neither a read nor a write: <see cref="HistoryFormatException"/>. A value written twice, and a bound that is
/// reached, make the verdict unknown.
/// Source: Lamport, How to make a multiprocessor computer that correctly executes multiprocess programs, 1979.
/// </remarks>
public sealed class SequentialCheck : IHistoryCheck
{
    /// <inheritdoc/>
    public string Name => "sequential";

    /// <inheritdoc/>
    public string About => "one order of all reads and writes, which keeps that of each session, explains them";

    /// <inheritdoc/>
    public CheckReport Check(History history, CheckLimits? limits = null, CancellationToken cancellationToken = default)
    {
        var transactions = history.Operations.Select(ToTransaction).ToArray();
        var report = IsolationChecker.Check(
            History.OfPart(transactions, history.EventCount), TransactionModel.RwRegister, limits, cancellationToken);
        var verdict = report.At(IsolationLevel.StrongSessionSerializable);
        var findings = verdict.Outcome == CheckOutcome.Invalid
            ? report.Findings.Where(f => f.Name == verdict.Because).ToArray()
            : [];
        return new CheckReport(Name, verdict.Outcome, verdict.Outcome == CheckOutcome.Unknown ? verdict.Because : "", findings);
    }

    private HistoryOperation ToTransaction(HistoryOperation operation)
    {
        var (key, value) = SessionHistory.PartsOf(operation, Name);
        var isWrite = operation.Function is "write" or "put";
        var step = HistoryValue.List(HistoryValue.List(HistoryValue.Keyword(isWrite ? "w" : "r"), key, value));
        return operation with
        {
            Function = "txn",
            Key = null,
            Input = step,
            Output = operation.Outcome == HistoryOutcome.Ok ? step : HistoryValue.Nil,
        };
    }
}
