using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Invariants;

/// <summary>Looks at what is said of a log again, from the history alone.</summary>
internal static class LogWitness
{
    public static bool Confirms(History history, Finding finding)
    {
        var (first, last, key) = (finding.Operations[0], finding.Operations[^1], finding.Key!);
        var sent = history.Operations.SelectMany(o => Sent(o, key).Select(r => (r.Value, o.Outcome)))
            .Where(s => s.Value.Equals(finding.Value));
        return finding.Name switch
        {
            "unexpected" => Polled(last, key).Any(r => r.Value.Equals(finding.Value)) && !sent.Any(),
            "aborted-read" => Polled(last, key).Any(r => r.Value.Equals(finding.Value)) && sent.All(s => s.Outcome == HistoryOutcome.Fail),
            "inconsistent-offsets" =>
                Known(first, key).Any(a => Known(last, key).Any(b => a.Offset == b.Offset && !a.Value.Equals(b.Value))),
            "duplicate" => Known(first, key).Any(a => Known(last, key).Any(b => a.Offset != b.Offset && a.Value.Equals(b.Value))),
            "lost" => Known(first, key).Any(a => a.Value.Equals(finding.Value) && Polled(last, key).Any(b => b.Offset > a.Offset))
                && !history.Operations.Any(o => Polled(o, key).Any(r => r.Value.Equals(finding.Value))),
            "nonmonotonic-send" => first.Process == last.Process && IsOrdered(first, last, Sent(first, key), Sent(last, key)),
            "nonmonotonic-poll" => first.Process == last.Process && IsOrdered(first, last, Polled(first, key), Polled(last, key)),
            "poll-skip" => Skips(history, first, last, key, finding.Value!.AsInteger()!.Value),
            _ => false,
        };
    }

    private static bool IsOrdered(
        HistoryOperation first, HistoryOperation last, IEnumerable<LogRecord> before, IEnumerable<LogRecord> after)
    {
        if (first == last)
            return before.Zip(before.Skip(1)).Any(p => p.Second.Offset <= p.First.Offset);
        return first.Completed < last.Invoked && before.Any(a => after.Any(b => b.Offset <= a.Offset));
    }

    private static bool Skips(History history, HistoryOperation first, HistoryOperation last, HistoryValue key, long offset) =>
        first.Process == last.Process
        && history.Operations.Any(o => Known(o, key).Any(r => r.Offset == offset))
        && !Polled(first, key).Concat(Polled(last, key)).Any(r => r.Offset == offset)
        && Polled(first, key).Any(r => r.Offset < offset) && Polled(last, key).Any(r => r.Offset > offset)
        && !history.Operations.Any(o => o.Process == first.Process && o.Invoked > first.Invoked && o.Invoked < last.Invoked
            && (Polled(o, key).Any() || o.Function is not ("poll" or "send" or "txn")));

    private static IEnumerable<LogRecord> Sent(HistoryOperation operation, HistoryValue key) =>
        LogRecord.SentBy(operation).Where(r => r.Key.Equals(key));

    private static IEnumerable<LogRecord> Polled(HistoryOperation operation, HistoryValue key) =>
        LogRecord.PolledBy(operation).SelectMany(r => r).Where(r => r.Key.Equals(key));

    private static IEnumerable<LogRecord> Known(HistoryOperation operation, HistoryValue key) =>
        Sent(operation, key).Concat(Polled(operation, key)).Where(r => r.Offset is not null);
}
