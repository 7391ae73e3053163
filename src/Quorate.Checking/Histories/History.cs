namespace Quorate.Checking.Histories;

/// <summary>The operations of a run, in the order of their invocations.</summary>
/// <remarks>
/// Guarantee: each process has at most one operation open at a time, and an operation without a completion is unknown and open for ever.
/// Cost: one object an operation.
/// Fails when: events contradict each other; then building ends with <see cref="HistoryFormatException"/>.
/// Source: Herlihy and Wing, Linearizability, 1990, section 2; Jepsen's histories for the four types of event.
/// </remarks>
public sealed class History
{
    private History(IReadOnlyList<HistoryOperation> operations, int eventCount)
    {
        Operations = operations;
        EventCount = eventCount;
    }

    /// <summary>The operations, in the order of their invocations.</summary>
    public IReadOnlyList<HistoryOperation> Operations { get; }

    /// <summary>How many events there were.</summary>
    public int EventCount { get; }

    /// <summary>Pairs invocations with completions.</summary>
    /// <param name="events">The events, in the order in which they were seen.</param>
    /// <exception cref="HistoryFormatException">
    /// A process invokes while it has an operation open, or completes what it did not invoke.
    /// </exception>
    public static History FromEvents(IEnumerable<HistoryEvent> events)
    {
        var operations = new List<HistoryOperation>();
        var open = new Dictionary<long, int>();
        var place = 0;
        foreach (var e in events)
        {
            if (e.Type == HistoryEventType.Invoke)
                Invoke(operations, open, e, place);
            else
                Complete(operations, open, e, place);
            place++;
        }
        return new History(operations, place);
    }

    /// <summary>A part of a history: some of its operations, in their order, where they were among its events.</summary>
    internal static History OfPart(IReadOnlyList<HistoryOperation> operations, int eventCount) => new(operations, eventCount);

    private static void Invoke(List<HistoryOperation> operations, Dictionary<long, int> open, HistoryEvent e, int place)
    {
        if (!open.TryAdd(e.Process, operations.Count))
            throw new HistoryFormatException($"process {e.Process} invokes '{e.Function}' while an operation of it is open", e.Line);
        operations.Add(new HistoryOperation(
            e.Process, e.Function, e.Key, e.Value, HistoryValue.Nil, HistoryOutcome.Unknown, place, HistoryOperation.Open, e.Line));
    }

    private static void Complete(List<HistoryOperation> operations, Dictionary<long, int> open, HistoryEvent e, int place)
    {
        if (!open.Remove(e.Process, out var index))
        {
            // A remark that belongs to no operation constrains nothing.
            if (e.Type == HistoryEventType.Unknown)
                return;
            throw new HistoryFormatException($"process {e.Process} completes '{e.Function}', which it did not invoke", e.Line);
        }
        var operation = operations[index];
        if (operation.Function != e.Function)
            throw new HistoryFormatException($"process {e.Process} completes '{e.Function}', but invoked '{operation.Function}'", e.Line);
        operations[index] = e.Type switch
        {
            HistoryEventType.Ok => operation with
            {
                Outcome = HistoryOutcome.Ok,
                Output = e.Value,
                Completed = place,
                CompletedLine = e.Line,
            },
            HistoryEventType.Fail => operation with { Outcome = HistoryOutcome.Fail, Completed = place, CompletedLine = e.Line },
            _ => operation with { CompletedLine = e.Line },
        };
    }
}
