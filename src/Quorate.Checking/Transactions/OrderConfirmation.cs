using System.Text;
using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Transactions;

/// <summary>
/// Confirms that a few transactions over registers have no order by trying every one: each transaction runs on the state that those before
/// it left, or for snapshot isolation on that of any earlier moment since which nobody wrote what it writes.
/// </summary>
internal sealed class OrderConfirmation(Finding finding, bool snapshot)
{
    private const long StepsMax = 4_000_000;
    private readonly IReadOnlyList<HistoryOperation> operations = finding.Operations;
    private readonly bool byTime = finding.Name.EndsWith(CycleNames.RealTime, StringComparison.Ordinal);
    private readonly bool byProcess = finding.Name.EndsWith(CycleNames.Process, StringComparison.Ordinal);
    private readonly HashSet<string> failed = [];
    private readonly List<HistoryOperation> done = [];
    private long steps;

    /// <summary>Whether every order was tried and none fits. Only whole reads count: the part must hold the writers of what it
    /// read.</summary>
    public bool HasNoOrder() => !Extend() && steps < StepsMax;

    private bool Extend()
    {
        if (done.Count == operations.Count)
            return true;
        if (++steps >= StepsMax || failed.Contains(Situation()))
            return false;
        foreach (var next in operations)
        {
            if (done.Contains(next) || operations.Any(o => !done.Contains(o) && Precedes(o, next)) || !Fits(next))
                continue;
            done.Add(next);
            if (Extend())
                return true;
            done.RemoveAt(done.Count - 1);
        }
        failed.Add(Situation());
        return false;
    }

    private bool Precedes(HistoryOperation first, HistoryOperation second) =>
        (byTime || byProcess && first.Process == second.Process)
        && first.Outcome == HistoryOutcome.Ok && first.Completed < second.Invoked;

    private bool Fits(HistoryOperation next)
    {
        for (var length = done.Count; length >= 0; length--)
        {
            if (length < done.Count && (!snapshot || Precedes(done[length], next) || Writes(done[length]).Intersect(Writes(next)).Any()))
                return false;
            if (Explains(StateAfter(length), next))
                return true;
        }
        return false;
    }

    private Dictionary<HistoryValue, HistoryValue> StateAfter(int length)
    {
        var state = new Dictionary<HistoryValue, HistoryValue>();
        foreach (var step in done.Take(length).SelectMany(Steps))
            if (IsWrite(step))
                state[step.Items[1]] = step.Items[2];
        return state;
    }

    private static bool Explains(Dictionary<HistoryValue, HistoryValue> state, HistoryOperation next)
    {
        foreach (var step in Steps(next))
        {
            if (IsWrite(step))
                state[step.Items[1]] = step.Items[2];
            else if (next.Outcome == HistoryOutcome.Ok && !state.GetValueOrDefault(step.Items[1], HistoryValue.Nil).Equals(step.Items[2]))
                return false;
        }
        return true;
    }

    // Two ways to the same place: for snapshots every moment so far counts, for serial orders only the last.
    private string Situation()
    {
        var text = new StringBuilder();
        if (snapshot)
            return string.Join(' ', done.Select(o => o.Invoked));
        foreach (var operation in done.OrderBy(o => o.Invoked))
            text.Append(operation.Invoked).Append(' ');
        foreach (var (key, value) in StateAfter(done.Count).OrderBy(e => e.Key.ToString(), StringComparer.Ordinal))
            text.Append('|').Append(key).Append('=').Append(value);
        return text.ToString();
    }

    private static IEnumerable<HistoryValue> Writes(HistoryOperation operation) => Steps(operation).Where(IsWrite).Select(s => s.Items[1]);

    private static bool IsWrite(HistoryValue step) => step.Items[0].AsText()![0] == 'w';

    private static IReadOnlyList<HistoryValue> Steps(HistoryOperation operation) =>
        (operation.Outcome == HistoryOutcome.Ok ? operation.Output : operation.Input).Items;
}
