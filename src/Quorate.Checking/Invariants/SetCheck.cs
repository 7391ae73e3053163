using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Invariants;

/// <summary>A set that grows: <c>add</c> an element, and a final <c>read</c> of all elements, which is the last one that ended
/// ok.</summary>
/// <remarks>
/// Guarantee: invalid when the final read lacks an element whose add was acknowledged before the read began, has one that nobody tried to
/// add or whose add failed, or has one twice.
/// Cost: linear.
/// Fails when: an operation is neither, or a read gave no list: <see cref="HistoryFormatException"/>. Without a read the verdict is
/// unknown.
/// Source: Jepsen's set checker.
/// </remarks>
public sealed class SetCheck : IHistoryCheck
{
    /// <inheritdoc/>
    public string Name => "set";

    /// <inheritdoc/>
    public string About => "add e, read [e …]: the last read has every acknowledged element once and nothing else";

    /// <inheritdoc/>
    public CheckReport Check(History history, CheckLimits? limits = null, CancellationToken cancellationToken = default)
    {
        var findings = new FindingList();
        var sets = SetReads.Of(history, Name);
        foreach (var set in sets)
            if (set.Reads.Count > 0)
                CheckLast(set, set.Reads[^1], findings);
        return sets.All(s => s.Reads.Count == 0)
            ? Reports.Unknown(Name, "nobody read the set")
            : Reports.Of(Name, history, findings, SetWitness.Confirms, $"{sets.Sum(s => s.Elements.Count)} elements");
    }

    /// <summary>What a read has that it must not have.</summary>
    internal static HashSet<HistoryValue> CheckContent(SetReads set, HistoryOperation read, FindingList findings)
    {
        var seen = new HashSet<HistoryValue>();
        foreach (var element in SetReads.ElementsOf(read))
        {
            if (!seen.Add(element))
                findings.Add("duplicated", () =>
                    new Finding("duplicated", $"a read has {element} more than once", [read], read.Key, element));
            if (!set.Adds.TryGetValue(element, out var add) || add.Invoked > read.Completed)
                findings.Add("unexpected", () => new Finding(
                    "unexpected", $"a read has {element}, which nobody had tried to add", [read], read.Key, element));
            else if (add.Outcome == HistoryOutcome.Fail)
                findings.Add("revived", () =>
                    new Finding("revived", $"a read has {element}, whose add failed", [add, read], read.Key, element));
        }
        return seen;
    }

    private static void CheckLast(SetReads set, HistoryOperation read, FindingList findings)
    {
        var seen = CheckContent(set, read, findings);
        foreach (var element in set.Elements)
        {
            var add = set.Adds[element];
            if (add.Outcome == HistoryOutcome.Ok && add.Completed < read.Invoked && !seen.Contains(element))
                findings.Add("lost", () => new Finding(
                    "lost", $"{element} was added, and the last read of {set.Name} does not have it", [add, read], read.Key, element));
        }
    }
}
