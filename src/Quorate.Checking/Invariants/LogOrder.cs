using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Invariants;

/// <summary>Whether each process polls and sends in the order of offsets.</summary>
internal sealed class LogOrder(History history, LogContents logs, FindingList findings)
{
    private readonly Dictionary<(long Process, HistoryValue Key), (long Offset, HistoryOperation By)> polls = [];
    private readonly Dictionary<(long Process, HistoryValue Key), (long Offset, HistoryOperation By)> sends = [];

    public void Check()
    {
        foreach (var operation in history.Operations)
        {
            if (operation.Function is "assign" or "subscribe" or "seek" or "crash")
                Forget(operation.Process);
            foreach (var records in LogRecord.PolledBy(operation))
                foreach (var record in records)
                    Poll(operation, record);
            foreach (var record in LogRecord.SentBy(operation))
                if (record.Offset is not null)
                    Send(operation, record);
        }
    }

    private void Forget(long process)
    {
        foreach (var place in polls.Keys.Where(k => k.Process == process).ToArray())
            polls.Remove(place);
    }

    private void Poll(HistoryOperation operation, LogRecord record)
    {
        var (place, offset) = ((operation.Process, record.Key), record.Offset!.Value);
        if (polls.TryGetValue(place, out var last))
        {
            if (offset <= last.Offset)
                Found("nonmonotonic-poll", $"a process polled offset {offset} of {record.Key} after {last.Offset}",
                    last.By, operation, offset);
            else if (logs.KnownBetween(record.Key, last.Offset, offset) is { } skipped)
                Found("poll-skip", $"a process polled offset {offset} of {record.Key} after {last.Offset}, without the one at {skipped}",
                    last.By, operation, skipped);
        }
        polls[place] = (offset, operation);

        void Found(string name, string text, HistoryOperation before, HistoryOperation after, long at) => findings.Add(
            name, () => new Finding(name, text, [before, after], record.Key, HistoryValue.Of(at)));
    }

    private void Send(HistoryOperation operation, LogRecord record)
    {
        var (place, offset) = ((operation.Process, record.Key), record.Offset!.Value);
        if (sends.TryGetValue(place, out var last) && offset <= last.Offset)
            findings.Add("nonmonotonic-send", () => new Finding(
                "nonmonotonic-send",
                $"a process's later record of {record.Key} is at offset {offset}, an earlier one at {last.Offset}",
                [last.By, operation],
                record.Key,
                record.Value));
        sends[place] = (offset, operation);
    }
}
