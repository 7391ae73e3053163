using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Transactions;

/// <summary>What the reads and writes of registers prove.</summary>
internal sealed class RegisterEvidence(History history) : IVersionEvidence
{
    private readonly Lazy<ILookup<HistoryValue, HistoryOperation>> byKey = new(() => KeyedOperations.Of(history));

    public bool Reads(Dependency step) => IsRead(step.To, step.Key!, step.Value!) && Writes(step.From, step.Key!).Contains(step.Value!);

    public bool Overwrites(Dependency step) =>
        Before(step.To, step.Key!, step.Value!) is { } before && Writes(step.From, step.Key!).Contains(before) && Happened(step.From);

    public bool OverwritesRead(Dependency step)
    {
        var (key, value) = (step.Key!, step.Value!);
        var seen = Steps(step.From, key).First();
        if (IsWrite(seen) || step.From.Outcome != HistoryOutcome.Ok || !Writes(step.To, key).Contains(value) || !Happened(step.To))
            return false;
        // Back from what was written to what that was written over.
        var passed = new HashSet<HistoryValue>();
        for (var version = value; version is not null && passed.Add(version); version = Before(WriterOf(key, version), key, version))
            if (!version.Equals(value) && version.Equals(seen.Items[2]))
                return true;
        return seen.Items[2].IsNil;
    }

    public bool ConfirmsDirect(Finding finding)
    {
        var (first, last, key) = (finding.Operations[0], finding.Operations[^1], finding.Key!);
        return finding.Name switch
        {
            "garbage-read" => Steps(last, key).Any(s => !IsWrite(s) && !s.Items[2].IsNil && WriterOf(key, s.Items[2]) is null),
            "G1a" => first.Outcome == HistoryOutcome.Fail && IsRead(last, key, finding.Value!)
                && Writes(first, key).Contains(finding.Value!),
            "G1b" => first != last && IsRead(last, key, finding.Value!) && Writes(first, key).SkipLast(1).Contains(finding.Value!),
            "internal" => ContradictsItself(last, key),
            "lost-update" => first != last && finding.Operations.All(o => o.Outcome == HistoryOutcome.Ok && Writes(o, key).Any())
                && !IsWrite(Steps(first, key).First()) && !IsWrite(Steps(last, key).First())
                && Steps(first, key).First().Items[2].Equals(Steps(last, key).First().Items[2]),
            "cyclic-versions" => IsCircle(key, finding.Value!),
            _ => false,
        };
    }

    private static bool ContradictsItself(HistoryOperation operation, HistoryValue key)
    {
        var steps = Steps(operation, key).ToArray();
        for (var i = 0; i < steps.Length; i++)
            if (!IsWrite(steps[i]) && (i > 0 && !steps[i].Items[2].Equals(steps[i - 1].Items[2])
                || steps[i..].Any(s => IsWrite(s) && s.Items[2].Equals(steps[i].Items[2]))))
                return true;
        return false;
    }

    private static bool IsWrite(HistoryValue step) => step.Items[0].AsText()![0] == 'w';

    private static IEnumerable<HistoryValue> Steps(HistoryOperation operation, HistoryValue key) =>
        (operation.Outcome == HistoryOutcome.Ok ? operation.Output : operation.Input).Items.Where(s => s.Items[1].Equals(key));

    private static IEnumerable<HistoryValue> Writes(HistoryOperation operation, HistoryValue key) =>
        Steps(operation, key).Where(IsWrite).Select(s => s.Items[2]);

    private static bool IsRead(HistoryOperation operation, HistoryValue key, HistoryValue value) =>
        operation.Outcome == HistoryOutcome.Ok && Steps(operation, key).Any(s => !IsWrite(s) && s.Items[2].Equals(value));

    /// <summary>What the transaction had read or written of the key just before it wrote a value; null when nothing is known.</summary>
    private static HistoryValue? Before(HistoryOperation? operation, HistoryValue key, HistoryValue value)
    {
        HistoryValue? before = null;
        foreach (var step in operation is null ? [] : Steps(operation, key))
        {
            if (IsWrite(step) && step.Items[2].Equals(value))
                return before;
            if (IsWrite(step) || operation!.Outcome == HistoryOutcome.Ok && !step.Items[2].IsNil)
                before = step.Items[2];
        }
        return null;
    }

    private HistoryOperation? WriterOf(HistoryValue key, HistoryValue value) =>
        byKey.Value[key].FirstOrDefault(o => Writes(o, key).Contains(value));

    // An unknown transaction happened when somebody saw what it wrote.
    private bool Happened(HistoryOperation operation) =>
        operation.Outcome == HistoryOutcome.Ok || operation.Outcome == HistoryOutcome.Unknown
        && operation.Input.Items.Any(s => IsWrite(s) && byKey.Value[s.Items[1]].Any(o => IsRead(o, s.Items[1], s.Items[2])));

    private bool IsCircle(HistoryValue key, HistoryValue value)
    {
        var passed = new HashSet<HistoryValue>();
        HistoryValue? version = value;
        do
            version = Before(WriterOf(key, version), key, version);
        while (version is not null && !version.Equals(value) && passed.Add(version));
        return value.Equals(version);
    }
}
