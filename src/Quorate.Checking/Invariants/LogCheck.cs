using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Invariants;

/// <summary>
/// Logs of records at offsets, as Kafka has them: <c>send</c> a value and get <c>[offset value]</c>, <c>poll</c> a list of these; with
/// the log in <c>key</c>, or as steps <c>[send key value]</c> and <c>[poll {key [[offset value] …]}]</c> of a <c>txn</c>, <c>send</c> or
/// <c>poll</c>. After <c>assign</c>, <c>subscribe</c> or <c>seek</c> a process may poll from anywhere.
/// </summary>
/// <remarks>
/// Guarantee: invalid when an offset has two values, a value two offsets, a poll holds what nobody sent or what a failed operation sent,
/// goes back, or leaves out a record that is known to be between; when an acknowledged record is in no poll although later ones are; or
/// when a process's later record got a lower offset. Offsets that nobody knows of (transaction marks) may be missing.
/// Cost: sorts the offsets of each log.
/// Fails when: an operation is none of these: <see cref="HistoryFormatException"/>.
/// Source: Jepsen's kafka workload; Redpanda and Kafka analyses, 2022.
/// </remarks>
public sealed class LogCheck : IHistoryCheck
{
    private static readonly string[] Functions = ["send", "poll", "txn", "assign", "subscribe", "seek", "crash", "debug-topic-partitions"];

    /// <inheritdoc/>
    public string Name => "log";

    /// <inheritdoc/>
    public string About => "send v -> [offset v], poll -> [[offset v] …]: nothing lost, doubled, reordered, left out or aborted";

    /// <inheritdoc/>
    public CheckReport Check(History history, CheckLimits? limits = null, CancellationToken cancellationToken = default)
    {
        foreach (var operation in history.Operations)
            if (!Functions.Contains(operation.Function))
                throw Reports.NoFunction(Name, operation);
        var findings = new FindingList();
        var logs = new LogContents(history, findings);
        new LogOrder(history, logs, findings).Check();
        logs.CheckLost();
        return Reports.Of(Name, history, findings, LogWitness.Confirms, $"{logs.SentCount} sent", $"{logs.PolledCount} polled");
    }
}
