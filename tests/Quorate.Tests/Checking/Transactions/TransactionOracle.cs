using Quorate.Checking.Histories;
using Quorate.Checking.Transactions;

namespace Quorate.Tests.Checking.Transactions;

/// <summary>
/// Isolation by its definition, for histories of a handful of transactions: every order of commits, every choice of unknown ones, and for
/// snapshots every moment at which each may have begun.
/// </summary>
internal sealed class TransactionOracle(History history, TransactionModel model)
{
    /// <summary>Which order of the transactions must be kept.</summary>
    public enum Order
    {
        None,
        Sessions,
        RealTime,
    }

    public bool IsSerializable(Order order) => Choices().Any(chosen => Permute([], chosen, order, snapshots: false));

    public bool IsSnapshotIsolated(Order order) => Choices().Any(chosen => Permute([], chosen, order, snapshots: true));

    private IEnumerable<List<HistoryOperation>> Choices()
    {
        var known = history.Operations.Where(o => o.Outcome == HistoryOutcome.Ok).ToList();
        var unknown = history.Operations.Where(o => o.Outcome == HistoryOutcome.Unknown).ToList();
        for (var bits = 0; bits < 1 << unknown.Count; bits++)
            yield return [.. known, .. unknown.Where((_, i) => (bits >> i & 1) == 1)];
    }

    private bool Permute(List<HistoryOperation> done, List<HistoryOperation> left, Order order, bool snapshots)
    {
        if (left.Count == 0)
            return true;
        foreach (var next in left)
        {
            if (left.Any(o => Precedes(o, next, order)))
                continue;
            if (!(snapshots ? FitsSomeSnapshot(done, next, order) : Explains(done, done.Count, next)))
                continue;
            done.Add(next);
            if (Permute(done, left.Where(o => o != next).ToList(), order, snapshots))
                return true;
            done.RemoveAt(done.Count - 1);
        }
        return false;
    }

    // Some prefix of the commits is its snapshot: not before what must be seen, and nothing after it writes the same key.
    private bool FitsSomeSnapshot(List<HistoryOperation> done, HistoryOperation next, Order order)
    {
        for (var length = done.Count; length >= 0; length--)
        {
            if (length < done.Count && (Precedes(done[length], next, order) || Writes(done[length]).Intersect(Writes(next)).Any()))
                return false;
            if (Explains(done, length, next))
                return true;
        }
        return false;
    }

    private static bool Precedes(HistoryOperation first, HistoryOperation second, Order order) =>
        order != Order.None && first.Outcome == HistoryOutcome.Ok && first.Completed < second.Invoked
        && (order == Order.RealTime || first.Process == second.Process);

    private bool Explains(List<HistoryOperation> done, int length, HistoryOperation next)
    {
        var state = new Dictionary<string, string>();
        for (var i = 0; i < length; i++)
            Run(done[i], state, check: false);
        return Run(next, state, next.Outcome == HistoryOutcome.Ok);
    }

    private bool Run(HistoryOperation operation, Dictionary<string, string> state, bool check)
    {
        foreach (var step in Steps(operation))
        {
            var key = step.Items[1].ToString();
            var value = step.Items[2];
            switch (step.Items[0].AsText())
            {
                case "append":
                    state[key] = state.GetValueOrDefault(key, "") + $"{value} ";
                    break;
                case "w":
                    state[key] = value.ToString();
                    break;
                default:
                    var seen = model == TransactionModel.ListAppend ? string.Concat(value.Items.Select(v => $"{v} ")) : value.IsNil ? "" : value.ToString();
                    if (check && state.GetValueOrDefault(key, "") != seen)
                        return false;
                    break;
            }
        }
        return true;
    }

    private static IEnumerable<string> Writes(HistoryOperation operation) =>
        Steps(operation).Where(s => s.Items[0].AsText() is "append" or "w").Select(s => s.Items[1].ToString());

    private static IReadOnlyList<HistoryValue> Steps(HistoryOperation operation) =>
        (operation.Outcome == HistoryOutcome.Ok ? operation.Output : operation.Input).Items;
}
