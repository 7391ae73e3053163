using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Invariants;

/// <summary>
/// Keys that are each written once, and transactions that read groups of them: <c>txn</c> with <c>[[w key value]]</c> or
/// <c>[[r key value] …]</c>. Two readers of the same keys must not see two writes in opposite orders.
/// </summary>
/// <remarks>
/// Guarantee: invalid exactly when two reads of the same keys each see a write that the other does not. Parallel snapshot isolation allows
/// that; snapshot isolation and everything stronger rule it out.
/// Cost: sorts the reads of each group.
/// Fails when: a step is neither a read nor a write: <see cref="HistoryFormatException"/>. A key with two values makes the verdict unknown.
/// Source: Sovran et al., Transactional storage for geo-replicated systems, 2011; Jepsen's long-fork test.
/// </remarks>
public sealed class LongForkCheck : IHistoryCheck
{
    /// <inheritdoc/>
    public string Name => "long-fork";

    /// <inheritdoc/>
    public string About => "txn [[w k v]] (each key once) and [[r k v] …]: no two readers see two writes in opposite orders";

    /// <inheritdoc/>
    public CheckReport Check(History history, CheckLimits? limits = null, CancellationToken cancellationToken = default)
    {
        var findings = new FindingList();
        var groups = new Dictionary<string, List<GroupRead>>();
        var order = new List<List<GroupRead>>();
        var values = new Dictionary<HistoryValue, HistoryValue>();
        foreach (var operation in history.Operations)
        {
            if (ReadOf(operation, values) is not { } read)
                continue;
            if (read.Conflict is { } key)
                return Reports.Unknown(Name, $"key {key} has more than one value, and this check is for keys that are written once");
            if (!groups.TryGetValue(read.Group, out var reads))
            {
                groups.Add(read.Group, reads = []);
                order.Add(reads);
            }
            reads.Add(read);
        }
        foreach (var reads in order)
            CheckGroup(reads, findings);
        return Reports.Of(Name, history, findings, Confirms, $"{order.Sum(g => g.Count)} reads", $"{order.Count} groups");
    }

    // What the reads of a group saw must form a chain: sorted by size each must hold all that the one before it held.
    private static void CheckGroup(List<GroupRead> reads, FindingList findings)
    {
        var sorted = reads.OrderBy(r => r.Seen.Count).ToArray();
        for (var i = 1; i < sorted.Length; i++)
        {
            var (less, more) = (sorted[i - 1], sorted[i]);
            if (!less.Seen.IsSubsetOf(more.Seen))
                findings.Add("long-fork", () => new Finding(
                    "long-fork",
                    "each of two reads of the same keys sees a write that the other does not",
                    [less.Operation, more.Operation]));
        }
    }

    private static GroupRead? ReadOf(HistoryOperation operation, Dictionary<HistoryValue, HistoryValue> values)
    {
        var known = operation.Outcome == HistoryOutcome.Ok;
        var steps = (known ? operation.Output : operation.Input).Items;
        var read = new GroupRead(operation);
        var keys = new List<HistoryValue>();
        foreach (var step in steps)
        {
            var name = step.Items.Count is 2 or 3 ? step.Items[0].AsText() : null;
            var value = name is not null && step.Items.Count == 3 ? step.Items[2] : HistoryValue.Nil;
            if (name is not ("r" or "read" or "w" or "write"))
                throw new HistoryFormatException($"{step} is neither [r key value] nor [w key value]", operation.InvokedLine);
            if (!value.IsNil && (known || name[0] == 'w') && !(values.TryAdd(step.Items[1], value) || values[step.Items[1]].Equals(value)))
                read.Conflict ??= step.Items[1];
            if (name[0] == 'w')
                continue;
            keys.Add(step.Items[1]);
            if (!value.IsNil)
                read.Seen.Add(step.Items[1]);
        }
        read.Group = string.Join(' ', keys.Select(k => k.ToString()).Distinct().Order(StringComparer.Ordinal));
        return read.Conflict is not null || known && keys.Count > 0 ? read : null;
    }

    private static bool Confirms(History history, Finding finding)
    {
        bool Sees(int read, HistoryValue key, bool value) =>
            finding.Operations[read].Output.Items.Any(s => s.Items[1].Equals(key) && s.Items[2].IsNil != value);
        bool SeesAlone(int read) =>
            finding.Operations[read].Output.Items.Any(s => Sees(read, s.Items[1], true) && Sees(1 - read, s.Items[1], false));
        return finding.Operations.All(history.Operations.Contains) && SeesAlone(0) && SeesAlone(1);
    }

    private sealed class GroupRead(HistoryOperation operation)
    {
        public HistoryOperation Operation { get; } = operation;

        public HashSet<HistoryValue> Seen { get; } = [];

        public string Group { get; set; } = "";

        public HistoryValue? Conflict { get; set; }
    }
}
