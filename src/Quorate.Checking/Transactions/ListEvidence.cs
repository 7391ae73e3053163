using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Transactions;

/// <summary>What the lists that were read prove.</summary>
internal sealed class ListEvidence(History history) : IVersionEvidence
{
    private readonly Lazy<ILookup<HistoryValue, HistoryOperation>> byKey = new(() => KeyedOperations.Of(history));

    public bool Reads(Dependency step) =>
        Lists(step.To, step.Key!).Any(l => l.Count > 0 && l[^1].Equals(step.Value)) && Appends(step.From, step.Key!).Contains(step.Value!);

    public bool Overwrites(Dependency step)
    {
        if (!Appends(step.To, step.Key!).Contains(step.Value!))
            return false;
        var order = Longest(step.Key!);
        var place = PlaceOf(order, step.Value!);
        if (place < 0 && step.To.Outcome != HistoryOutcome.Ok)
            return false;
        // The nearest element before it that is not a failed transaction's must be the first transaction's.
        for (var i = (place < 0 ? order.Count : place) - 1; i >= 0; i--)
            if (!WriterOf(step.Key!, order[i], out var writer) || writer.Outcome != HistoryOutcome.Fail)
                return writer == step.From;
        return false;
    }

    public bool OverwritesRead(Dependency step)
    {
        if (!Appends(step.To, step.Key!).Contains(step.Value!))
            return false;
        var order = Longest(step.Key!);
        var place = PlaceOf(order, step.Value!);
        var seen = Lists(step.From, step.Key!).First();
        return seen.SequenceEqual(order.Take(seen.Count)) && (place < 0 ? step.To.Outcome == HistoryOutcome.Ok : place >= seen.Count);
    }

    public bool ConfirmsDirect(Finding finding)
    {
        var last = finding.Operations[^1];
        var (key, value) = (finding.Key!, finding.Value);
        return finding.Name switch
        {
            "garbage-read" => Lists(last, key).Any(l => l.Contains(value)) && !WriterOf(key, value!, out _),
            "G1a" => Lists(last, key).Any(l => l.Contains(value)) && WriterOf(key, value!, out var w) && w.Outcome == HistoryOutcome.Fail,
            "G1b" => Lists(last, key).Any(l => l.Count > 0 && l[^1].Equals(value)) && !Appends(finding.Operations[0], key)[^1].Equals(value)
                && Appends(finding.Operations[0], key).Contains(value!) && finding.Operations[0] != last,
            "duplicate-elements" => Lists(last, key).Any(l => l.Count(e => e.Equals(value)) > 1),
            "incompatible-order" => Lists(last, key).Any(a => Lists(finding.Operations[0], key).Any(b => Differ(a, b))),
            "dirty-update" => finding.Operations[0].Outcome == HistoryOutcome.Fail && finding.Operations[1].Outcome == HistoryOutcome.Ok
                && Lists(last, key).Any(l =>
                    Appends(finding.Operations[1], key).Any(e => PlaceOf(l, e) > PlaceOf(l, value!) && PlaceOf(l, value!) >= 0)),
            "lost-update" => finding.Operations.Distinct().Count() == 2
                && finding.Operations.All(o => o.Outcome == HistoryOutcome.Ok && Appends(o, key).Count > 0)
                && Lists(finding.Operations[0], key).First().SequenceEqual(Lists(last, key).First()),
            "internal" => ContradictsItself(last, key),
            _ => false,
        };
    }

    private static bool Differ(IReadOnlyList<HistoryValue> a, IReadOnlyList<HistoryValue> b) =>
        a.Zip(b).Any(p => !p.First.Equals(p.Second));

    // Replays the transaction's own steps on the key.
    private static bool ContradictsItself(HistoryOperation operation, HistoryValue key)
    {
        IReadOnlyList<HistoryValue>? known = null;
        var own = new List<HistoryValue>();
        var all = Appends(operation, key);
        foreach (var step in Steps(operation, key))
        {
            if (step.Items[0].AsText() == "append")
            {
                own.Add(step.Items[2]);
                continue;
            }
            var list = step.Items[2].Items;
            var expected = known is null ? list.Take(Math.Max(0, list.Count - own.Count)).Concat(own) : known.Concat(own);
            if (!list.SequenceEqual(expected) || known is null && own.Count == 0 && list.Any(all.Contains))
                return true;
            known = list;
            own.Clear();
        }
        return false;
    }

    private static IEnumerable<HistoryValue> Steps(HistoryOperation operation, HistoryValue key) =>
        (operation.Outcome == HistoryOutcome.Ok ? operation.Output : operation.Input).Items.Where(s => s.Items[1].Equals(key));

    private static List<HistoryValue> Appends(HistoryOperation operation, HistoryValue key) =>
        Steps(operation, key).Where(s => s.Items[0].AsText() == "append").Select(s => s.Items[2]).ToList();

    private static IEnumerable<IReadOnlyList<HistoryValue>> Lists(HistoryOperation operation, HistoryValue key) =>
        operation.Outcome != HistoryOutcome.Ok
            ? []
            : Steps(operation, key).Where(s => s.Items[0].AsText() != "append").Select(s => s.Items[2].Items);

    private static int PlaceOf(IReadOnlyList<HistoryValue> list, HistoryValue value)
    {
        for (var i = 0; i < list.Count; i++)
            if (list[i].Equals(value))
                return i;
        return -1;
    }

    private IReadOnlyList<HistoryValue> Longest(HistoryValue key) =>
        byKey.Value[key].SelectMany(o => Lists(o, key)).MaxBy(l => l.Count) ?? [];

    private bool WriterOf(HistoryValue key, HistoryValue value, out HistoryOperation writer)
    {
        writer = byKey.Value[key].FirstOrDefault(o => Appends(o, key).Contains(value))!;
        return writer is not null;
    }
}
