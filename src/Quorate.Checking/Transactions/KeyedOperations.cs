using Quorate.Checking.Histories;

namespace Quorate.Checking.Transactions;

/// <summary>The transactions that touch each key.</summary>
internal static class KeyedOperations
{
    public static ILookup<HistoryValue, HistoryOperation> Of(History history) => history.Operations
        .SelectMany(o => (o.Outcome == HistoryOutcome.Ok ? o.Output : o.Input).Items.Select(s => s.Items[1]).Distinct().Select(k => (Key: k, By: o)))
        .ToLookup(t => t.Key, t => t.By);
}
