using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Invariants;

/// <summary>What is known of the records of each log, from acknowledgements and polls.</summary>
internal sealed class LogContents
{
    private readonly Dictionary<(HistoryValue Key, HistoryValue Value), HistoryOperation> senders = [];
    private readonly Dictionary<(HistoryValue Key, long Offset), (HistoryValue Value, HistoryOperation By)> values = [];
    private readonly Dictionary<(HistoryValue Key, HistoryValue Value), (long Offset, HistoryOperation By)> places = [];
    private readonly Dictionary<HistoryValue, (long Offset, HistoryOperation By)> furthest = [];
    private readonly HashSet<(HistoryValue Key, HistoryValue Value)> polled = [];
    private readonly Dictionary<HistoryValue, long[]> offsets = [];
    private readonly List<(LogRecord Record, HistoryOperation By)> acknowledged = [];
    private readonly FindingList findings;

    public LogContents(History history, FindingList findings)
    {
        this.findings = findings;
        foreach (var operation in history.Operations)
            foreach (var record in LogRecord.SentBy(operation))
                Send(operation, record);
        foreach (var operation in history.Operations)
            foreach (var records in LogRecord.PolledBy(operation))
                foreach (var record in records)
                    Poll(operation, record);
        foreach (var log in values.Keys.GroupBy(k => k.Key))
            offsets.Add(log.Key, log.Select(k => k.Offset).Order().ToArray());
    }

    public int SentCount => senders.Count;

    public int PolledCount => polled.Count;

    /// <summary>The first offset between two that is known to hold a record, or null. Neither end counts.</summary>
    public long? KnownBetween(HistoryValue key, long low, long high)
    {
        var known = offsets[key];
        var place = Array.BinarySearch(known, low);
        var next = place < 0 ? ~place : place + 1;
        return next < known.Length && known[next] < high ? known[next] : null;
    }

    /// <summary>Finds records that were acknowledged and are in no poll, though some poll went further.</summary>
    public void CheckLost()
    {
        foreach (var (record, by) in acknowledged)
            if (!polled.Contains((record.Key, record.Value)) && furthest.TryGetValue(record.Key, out var far) && far.Offset > record.Offset)
                findings.Add("lost", () => Of(
                    "lost", $"{record.Value} was acknowledged at {record.Offset}, and polls went past it without it", record, by, far.By));
    }

    private void Send(HistoryOperation operation, LogRecord record)
    {
        if (!senders.TryAdd((record.Key, record.Value), operation) && senders[(record.Key, record.Value)].Outcome == HistoryOutcome.Fail)
            senders[(record.Key, record.Value)] = operation;
        if (record.Offset is null)
            return;
        Place(operation, record);
        acknowledged.Add((record, operation));
    }

    private void Poll(HistoryOperation operation, LogRecord record)
    {
        polled.Add((record.Key, record.Value));
        if (!furthest.TryGetValue(record.Key, out var far) || far.Offset < record.Offset)
            furthest[record.Key] = (record.Offset!.Value, operation);
        Place(operation, record);
        if (!senders.TryGetValue((record.Key, record.Value), out var sender))
            findings.Add("unexpected", () =>
                Of("unexpected", $"a poll of {record.Key} has {record.Value}, which nobody sent", record, operation));
        else if (sender.Outcome == HistoryOutcome.Fail)
            findings.Add("aborted-read", () => Of(
                "aborted-read", $"a poll of {record.Key} has {record.Value}, whose sending failed", record, sender, operation));
    }

    private void Place(HistoryOperation operation, LogRecord record)
    {
        var offset = record.Offset!.Value;
        if (!values.TryAdd((record.Key, offset), (record.Value, operation)) && !values[(record.Key, offset)].Value.Equals(record.Value))
            findings.Add("inconsistent-offsets", () => Of(
                "inconsistent-offsets",
                $"offset {offset} of {record.Key} has two values",
                record,
                values[(record.Key, offset)].By,
                operation));
        if (!places.TryAdd((record.Key, record.Value), (offset, operation)) && places[(record.Key, record.Value)].Offset != offset)
            findings.Add("duplicate", () => Of(
                "duplicate",
                $"{record.Value} is at two offsets of {record.Key}",
                record,
                places[(record.Key, record.Value)].By,
                operation));
    }

    private static Finding Of(string name, string text, LogRecord record, params HistoryOperation[] operations) =>
        new(name, text, operations, record.Key, record.Value);
}
