using Quorate.Checking.Histories;

namespace Quorate.Checking.Invariants;

/// <summary>A record of a log as an operation sent or polled it.</summary>
/// <param name="Key">The log.</param>
/// <param name="Offset">Where it is; null when that is not known.</param>
/// <param name="Value">What it holds.</param>
internal readonly record struct LogRecord(HistoryValue Key, long? Offset, HistoryValue Value)
{
    /// <summary>The records that an operation sent, with the offsets that it was told.</summary>
    public static IEnumerable<LogRecord> SentBy(HistoryOperation operation)
    {
        var value = operation.Outcome == HistoryOutcome.Ok ? operation.Output : operation.Input;
        if (operation.Key is { } key && operation.Function == "send")
            return [operation.Outcome == HistoryOutcome.Ok ? Acknowledged(key, value, operation) : new LogRecord(key, null, value)];
        return value.Items.Where(s => IsStep(s, "send")).Select(s => Acknowledged(s.Items[1], s.Items[2], operation));
    }

    /// <summary>The records that an operation polled, poll by poll and log by log.</summary>
    public static IEnumerable<IReadOnlyList<LogRecord>> PolledBy(HistoryOperation operation)
    {
        if (operation.Outcome != HistoryOutcome.Ok)
            return [];
        if (operation.Key is { } key && operation.Function == "poll")
            return [Records(key, operation.Output, operation)];
        return operation.Output.Items.Where(s => IsStep(s, "poll") && s.Items.Count > 1).SelectMany(s => ByKey(s.Items[1], operation));
    }

    private static bool IsStep(HistoryValue step, string name) => step.Items.Count > 0 && step.Items[0].AsText() == name;

    private static IEnumerable<IReadOnlyList<LogRecord>> ByKey(HistoryValue map, HistoryOperation operation)
    {
        for (var i = 0; i < map.Items.Count; i += 2)
            yield return Records(map.Items[i], map.Items[i + 1], operation);
    }

    private static IReadOnlyList<LogRecord> Records(HistoryValue key, HistoryValue list, HistoryOperation operation) =>
        list.Items.Select(pair => pair is { Kind: HistoryValueKind.List, Items.Count: 2 } && pair.Items[0].AsInteger() is { } offset
            ? new LogRecord(key, offset, pair.Items[1])
            : throw new HistoryFormatException($"a poll must give [offset value] pairs, not {pair}", operation.CompletedLine)).ToArray();

    // An acknowledgement is [offset value], or the offset is missing.
    private static LogRecord Acknowledged(HistoryValue key, HistoryValue value, HistoryOperation operation) =>
        operation.Outcome == HistoryOutcome.Ok && value is { Kind: HistoryValueKind.List, Items.Count: 2 }
            ? new LogRecord(key, value.Items[0].AsInteger(), value.Items[1])
            : new LogRecord(key, null, value);
}
