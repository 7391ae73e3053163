using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Invariants;

/// <summary>
/// Accounts between which money is moved: every <c>read</c> of all the accounts, a map of account to balance, has the same total.
/// <c>transfer</c> takes <c>{from, to, amount}</c>.
/// </summary>
/// <remarks>
/// Guarantee: invalid when a read's total differs from the first read's (or the one given), when it lacks a balance or an account, has one
/// more, or has a negative balance where that is not allowed. Transfers, whatever came of them, keep the total.
/// Cost: linear.
/// Fails when: an operation is neither, or a read gave no map: <see cref="HistoryFormatException"/>.
/// Source: Jepsen's bank test.
/// </remarks>
/// <param name="negativeBalances">Whether a balance may be negative.</param>
/// <param name="total">The total; null for that of the first read.</param>
public sealed class BankCheck(bool negativeBalances = false, long? total = null) : IHistoryCheck
{
    /// <inheritdoc/>
    public string Name => "bank";

    /// <inheritdoc/>
    public string About => "transfer {from to amount}, read {account balance}: all reads have one total, and no balance is negative";

    /// <inheritdoc/>
    public CheckReport Check(History history, CheckLimits? limits = null, CancellationToken cancellationToken = default)
    {
        var findings = new FindingList();
        HistoryOperation? first = null;
        var reads = 0;
        foreach (var operation in history.Operations)
        {
            if (operation.Function is not ("read" or "transfer"))
                throw Reports.NoFunction(Name, operation);
            if (operation.Function != "read" || operation.Outcome != HistoryOutcome.Ok)
                continue;
            if (operation.Output.Kind != HistoryValueKind.Map)
                throw new HistoryFormatException("a read of a bank must give a map of account to balance", operation.CompletedLine);
            reads++;
            first = first is null || operation.Completed < first.Completed ? operation : first;
        }
        foreach (var operation in history.Operations)
            if (operation.Function == "read" && operation.Outcome == HistoryOutcome.Ok)
                CheckRead(operation, first!, findings);
        return reads == 0
            ? Reports.Unknown(Name, "nobody read the accounts")
            : Reports.Of(Name, history, findings, Confirms, $"{reads} reads");
    }

    /// <summary>Whether a balance is a whole number, and the sum if all are.</summary>
    internal static long? TotalOf(HistoryValue balances)
    {
        var sum = 0L;
        for (var i = 1; i < balances.Items.Count; i += 2)
        {
            if (balances.Items[i].AsInteger() is not { } balance)
                return null;
            sum = unchecked(sum + balance);
        }
        return sum;
    }

    private void CheckRead(HistoryOperation read, HistoryOperation first, FindingList findings)
    {
        var expected = total ?? TotalOf(first.Output);
        foreach (var account in Accounts(read.Output).Where(a => !Accounts(first.Output).Contains(a)))
            findings.Add("unexpected-account", () => new Finding(
                "unexpected-account", $"account {account} is not among those of the first read", [first, read], account));
        for (var i = 1; i < read.Output.Items.Count; i += 2)
        {
            var (account, balance) = (read.Output.Items[i - 1], read.Output.Items[i]);
            if (balance.AsInteger() is not { } amount)
                findings.Add("no-balance", () => new Finding("no-balance", $"account {account} has no balance", [read], account));
            else if (amount < 0 && !negativeBalances)
                findings.Add("negative-balance", () => new Finding(
                    "negative-balance", $"account {account} has {amount}", [read], account, balance));
        }
        if (TotalOf(read.Output) is { } sum && expected is { } all && sum != all)
            findings.Add("wrong-total", () => new Finding(
                "wrong-total", $"the balances sum to {sum}, not to {all}", [first, read], null, HistoryValue.Of(sum)));
    }

    private static HashSet<HistoryValue> Accounts(HistoryValue balances)
    {
        var accounts = new HashSet<HistoryValue>();
        for (var i = 0; i < balances.Items.Count; i += 2)
            accounts.Add(balances.Items[i]);
        return accounts;
    }

    private bool Confirms(History history, Finding finding)
    {
        var (first, read) = (finding.Operations[0].Output.Items, finding.Operations[^1].Output.Items);
        var amounts = read.Where((_, i) => i % 2 == 1).ToArray();
        return finding.Operations.All(o => o.Outcome == HistoryOutcome.Ok && history.Operations.Contains(o)) && finding.Name switch
        {
            "unexpected-account" => Accounts(finding.Operations[^1].Output).Contains(finding.Key!)
                && !Accounts(finding.Operations[0].Output).Contains(finding.Key!),
            "no-balance" => amounts.Any(a => a.AsInteger() is null),
            "negative-balance" => amounts.Any(a => a.AsInteger() < 0),
            _ => amounts.Sum(a => a.AsInteger()!.Value) != (total ?? first.Where((_, i) => i % 2 == 1).Sum(a => a.AsInteger()!.Value)),
        };
    }
}
