using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Invariants;

/// <summary>A counter that begins at 0: <c>add</c> with an amount (<c>increment</c>, <c>decrement</c>), and <c>read</c>.</summary>
/// <remarks>
/// Guarantee: a read must lie between what must have been added when it was invoked and what may have been added when it was completed. An
/// add of unknown outcome may count from its invocation on, or never.
/// Cost: linear in the events.
/// Fails when: an operation is none of these, or has no whole number: <see cref="HistoryFormatException"/>.
/// Source: Jepsen's counter test.
/// </remarks>
public sealed class CounterCheck : IHistoryCheck
{
    /// <inheritdoc/>
    public string Name => "counter";

    /// <inheritdoc/>
    public string About => "add n, read n: a read lies between what was added before it and what may have been added by its end";

    /// <inheritdoc/>
    public CheckReport Check(History history, CheckLimits? limits = null, CancellationToken cancellationToken = default)
    {
        // Sums over the adds up to each event: those completed there, and those invoked there.
        var (gained, lost) = (new long[history.EventCount + 1], new long[history.EventCount + 1]);
        var (mayGain, mayLose) = (new long[history.EventCount + 1], new long[history.EventCount + 1]);
        foreach (var operation in history.Operations)
            if (AmountOf(operation) is { } amount && operation.Outcome != HistoryOutcome.Fail)
            {
                (amount > 0 ? mayGain : mayLose)[operation.Invoked + 1] += amount;
                if (operation.Outcome == HistoryOutcome.Ok)
                    (amount > 0 ? gained : lost)[operation.Completed + 1] += amount;
            }
        foreach (var sums in new[] { gained, lost, mayGain, mayLose })
            for (var i = 1; i < sums.Length; i++)
                sums[i] += sums[i - 1];
        var findings = new FindingList();
        var reads = 0;
        foreach (var read in history.Operations)
        {
            if (read.Function != "read" || read.Outcome != HistoryOutcome.Ok)
                continue;
            reads++;
            var value = Number(read, read.Output);
            var low = gained[read.Invoked] + mayLose[read.Completed];
            var high = mayGain[read.Completed] + lost[read.Invoked];
            if (value < low || value > high)
                findings.Add("out-of-bounds", () => new Finding(
                    "out-of-bounds", $"a read gave {value}, which is not from {low} to {high}", [read], null, read.Output));
        }
        return Reports.Of(Name, history, findings, Confirms, $"{reads} reads");
    }

    private static long? AmountOf(HistoryOperation operation) => operation.Function switch
    {
        "add" => Number(operation, operation.Input),
        "increment" or "inc" => operation.Input.IsNil ? 1 : Number(operation, operation.Input),
        "decrement" or "dec" => operation.Input.IsNil ? -1 : -Number(operation, operation.Input),
        "read" => null,
        _ => throw Reports.NoFunction("counter", operation),
    };

    private static long Number(HistoryOperation operation, HistoryValue value) => value.AsInteger()
        ?? throw new HistoryFormatException(
            $"'{operation.Function}' of a counter needs a whole number, not {value}", operation.InvokedLine);

    // Adds up anew, operation by operation.
    private static bool Confirms(History history, Finding finding)
    {
        var read = finding.Operations[0];
        var (low, high) = (0L, 0L);
        foreach (var add in history.Operations.Where(o => o.Outcome != HistoryOutcome.Fail && o.Invoked < read.Completed))
        {
            var amount = AmountOf(add) ?? 0;
            var isCertain = add.Outcome == HistoryOutcome.Ok && add.Completed < read.Invoked;
            low += isCertain ? amount : Math.Min(amount, 0);
            high += isCertain ? amount : Math.Max(amount, 0);
        }
        return read.Output.AsInteger() is { } value && (value < low || value > high);
    }
}
