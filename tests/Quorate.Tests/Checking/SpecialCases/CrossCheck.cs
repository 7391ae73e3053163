using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Checking.Linearizability;
using Quorate.Checking.Models;

namespace Quorate.Tests.Checking.SpecialCases;

/// <summary>Holds the near-linear checks against the search, over random histories of one kind of object.</summary>
internal sealed class CrossCheck(string kind)
{
    private readonly IHistoryModel model = HistoryModels.Named(kind switch
    {
        "growing-set" => "linearizable-set",
        "register" => kind,
        _ => $"linearizable-{kind}",
    })!;

    public int Valid { get; private set; }

    public int Invalid { get; private set; }

    /// <summary>How many objects the near-linear check left to the search.</summary>
    public int Left { get; private set; }

    /// <summary>Runs one seed; what is wrong, or null.</summary>
    public string? Run(int seed, int operations)
    {
        var random = new Random(seed);
        RandomObject source = kind switch
        {
            "register" => new RandomRegister(random),
            "queue" or "stack" => new RandomCollection(random, kind == "stack"),
            "set" or "growing-set" => new RandomSet(random, kind == "growing-set"),
            "counter" => new RandomCounter(random),
            _ => new RandomLock(random, kind == "lease"),
        };
        var history = source.Create(random.Next(1, operations), random.Next(1, 6), random.Next(3) * 10, random.Next(2) == 0);
        foreach (var partition in model.Partition(history))
            if (Compare(partition) is { } difference)
                return $"{kind}, seed {seed}: {difference}\n{string.Join('\n', partition.Operations)}";
        return null;
    }

    private string? Compare(HistoryPartition partition)
    {
        if (partition.Special is not { } special)
        {
            Left++;
            return null;
        }
        var quick = special.Check(new CheckBudget(CheckLimits.Default, CancellationToken.None));
        var searched = LinearizabilityChecker.CheckPartition(partition with { Special = null });
        if (quick.Outcome == CheckOutcome.Unknown)
        {
            Left++;
            return null;
        }
        if (quick.Outcome != searched.Outcome)
            return $"{quick.Outcome} with core {string.Join(' ', quick.Core)}, but the search says {searched.Outcome}";
        if (quick.Outcome == CheckOutcome.Valid)
        {
            Valid++;
            return null;
        }
        Invalid++;
        var verdict = LinearizabilityChecker.CheckPartition(partition);
        if (!verdict.Method.StartsWith("near-linear", StringComparison.Ordinal))
            return $"the core {string.Join(' ', quick.Core)} was not confirmed";
        return WitnessFinder.Find(verdict.Violation!).Confirmed ? null : "the witness was not confirmed";
    }
}
