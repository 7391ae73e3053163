using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Transactions;

/// <summary>
/// Looks at each read of a list by itself: whether it agrees with the transaction's own steps, with the other reads of the key, and saw
/// only what committed transactions left behind.
/// </summary>
internal sealed class ListReads
{
    private readonly ListTransactions transactions;
    private readonly ListVersions versions;
    private readonly FindingList findings;
    private readonly int[] stamp;
    private readonly int[] previous;
    private readonly int[] ownLast;
    private readonly int[] ownCount;

    public ListReads(ListTransactions transactions, ListVersions versions, FindingList findings)
    {
        this.transactions = transactions;
        this.versions = versions;
        this.findings = findings;
        var keys = transactions.Keys.Count;
        stamp = new int[keys];
        previous = new int[keys];
        ownLast = new int[keys];
        ownCount = new int[keys];
        Array.Fill(stamp, -1);
    }

    public void Check()
    {
        for (var i = 0; i < transactions.Operations.Count; i++)
        {
            if (transactions.Operations[i].Outcome != HistoryOutcome.Ok)
                continue;
            foreach (var step in transactions.StepsOf(i))
            {
                if (stamp[step.Key] != i)
                    (stamp[step.Key], previous[step.Key], ownLast[step.Key], ownCount[step.Key]) = (i, -1, -1, 0);
                if (step.Kind == MicroKind.Read)
                    CheckRead(i, step.Key, step.Value);
                else
                    (ownLast[step.Key], ownCount[step.Key]) = (step.Value, ownCount[step.Key] + 1);
            }
        }
        for (var key = 0; key < transactions.Keys.Count; key++)
            CheckUpdates(key);
    }

    private void CheckRead(int reader, int key, int place)
    {
        var list = transactions.Lists[place];
        var agrees = versions.IsPrefix(key, list);
        CheckInternal(reader, key, list, agrees);
        if (!agrees)
            Incompatible(reader, key, list);
        else if (list.Count >= versions.FirstDirty[key])
            Dirty(reader, key, versions.OrderOf(key)[versions.FirstDirty[key] - 1], list[versions.FirstDirty[key] - 1]);
        if (versions.DuplicateList[key] > 0 && list.Count >= versions.DuplicateList[key] && agrees)
            Duplicate(reader, key, list[versions.DuplicateList[key] - 1]);
        if (list.Count > 0)
            CheckLast(reader, key, agrees ? versions.OrderOf(key)[list.Count - 1] : transactions.NumberOf(key, list[^1]));
        (previous[key], ownCount[key]) = (place, 0);
    }

    // What the transaction itself read and appended before decides what it must read now.
    private void CheckInternal(int reader, int key, IReadOnlyList<HistoryValue> list, bool agrees)
    {
        var before = previous[key] < 0 ? null : transactions.Lists[previous[key]];
        var known = list.Count - ownCount[key];
        var holds = before is null ? known >= 0 : known == before.Count;
        for (var (i, own) = (list.Count - 1, ownLast[key]); holds && i >= known; i--)
        {
            holds = list[i].Equals(transactions.Elements[own]);
            own = transactions.Before[own];
        }
        for (var i = 0; holds && before is not null && i < known && !agrees; i++)
            holds = list[i].Equals(before[i]);
        if (!holds)
            Internal(reader, key);
    }

    private void CheckLast(int reader, int key, int element)
    {
        if (element < 0)
            return;
        var writer = transactions.Writers[element];
        if (writer == reader && ownLast[key] < element)
            Internal(reader, key);
        else if (writer != reader && !transactions.IsFinal[element])
            Intermediate(reader, key, element, writer);
    }

    private void Intermediate(int reader, int key, int element, int writer) => findings.Add("G1b", () => Of(
        "G1b",
        $"a list of {Key(key)} ends in {transactions.Elements[element]}, after which its transaction appended more",
        key,
        transactions.Elements[element],
        writer,
        reader));

    private void Internal(int reader, int key) => findings.Add("internal", () => Of(
        "internal", $"a transaction reads {Key(key)} otherwise than its own steps before tell", key, null, reader));

    private void Duplicate(int reader, int key, HistoryValue element) => findings.Add("duplicate-elements", () => Of(
        "duplicate-elements", $"a list of {Key(key)} holds {element} more than once", key, element, reader));

    private void Dirty(int reader, int key, int element, HistoryValue value)
    {
        if (element < 0)
            findings.Add("garbage-read", () =>
                Of("garbage-read", $"a list of {Key(key)} holds {value}, which nobody appended", key, value, reader));
        else
            findings.Add("G1a", () => Of(
                "G1a",
                $"a list of {Key(key)} holds {value} of a transaction that failed",
                key,
                value,
                transactions.Writers[element],
                reader));
    }

    private void Incompatible(int reader, int key, IReadOnlyList<HistoryValue> list)
    {
        versions.IsBroken[key] = true;
        var longest = transactions.Lists[transactions.Longest[key]];
        findings.Add("incompatible-order", () => Of(
            "incompatible-order",
            $"neither of two lists of {Key(key)} is the beginning of the other",
            key,
            null,
            ReaderOf(key, longest),
            reader));
        var seen = new HashSet<HistoryValue>();
        foreach (var value in list)
        {
            if (!seen.Add(value))
                Duplicate(reader, key, value);
            var element = transactions.NumberOf(key, value);
            if (element < 0 || transactions.Operations[transactions.Writers[element]].Outcome == HistoryOutcome.Fail)
                Dirty(reader, key, element, value);
        }
    }

    private int ReaderOf(int key, IReadOnlyList<HistoryValue> list)
    {
        for (var i = 0; i < transactions.Operations.Count; i++)
            foreach (var step in transactions.StepsOf(i))
                if (step.Kind == MicroKind.Read && step.Key == key && step.Value >= 0
                    && ReferenceEquals(transactions.Lists[step.Value], list))
                    return i;
        throw new InvalidOperationException("The longest list has a reader.");
    }

    // A committed element on top of an aborted one: the abort did not undo what it should.
    private void CheckUpdates(int key)
    {
        if (versions.FirstDirty[key] == int.MaxValue || versions.IsBroken[key])
            return;
        var aborted = -1;
        foreach (var element in versions.OrderOf(key))
        {
            if (element < 0)
                continue;
            var outcome = transactions.Operations[transactions.Writers[element]].Outcome;
            if (outcome == HistoryOutcome.Fail && aborted < 0)
                aborted = element;
            if (outcome != HistoryOutcome.Ok || aborted < 0)
                continue;
            var (first, second) = (aborted, element);
            findings.Add("dirty-update", () => Of(
                "dirty-update",
                $"{transactions.Elements[second]} was appended to {Key(key)} on top of what a failed transaction had appended",
                key,
                transactions.Elements[first],
                transactions.Writers[first],
                transactions.Writers[second],
                ReaderOf(key, transactions.Lists[transactions.Longest[key]])));
            return;
        }
    }

    private HistoryValue Key(int key) => transactions.Keys[key];

    private Finding Of(string name, string text, int key, HistoryValue? value, params int[] operations) =>
        new(name, text, operations.Select(o => transactions.Operations[o]).ToArray(), Key(key), value);
}
