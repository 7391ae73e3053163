using System.Globalization;

namespace Quorate.Simulation.Faults;

/// <summary>One fault as a value: what, when, to which machines, how much, for how long.</summary>
/// <remarks>
/// Guarantee: holds all that its carrying out needs, so that it can be written to a file, left out, or shortened, and means the same.
/// Cost: a few small lists. Fails when: <see cref="Check"/> finds that targets or amount do not fit the kind.
/// Source: Jepsen's nemesis operations; Yuan and Yang, "Effective concurrency testing for distributed systems", ASPLOS 2020.
/// </remarks>
/// <param name="Kind">What happens: exactly one kind.</param>
/// <param name="At">When, in the world's time.</param>
/// <param name="Duration">How long it lasts; zero for until the world heals, and for what is over at once.</param>
public sealed record FaultAction(FaultKind Kind, TimeSpan At, TimeSpan Duration = default)
{
    /// <summary>
    /// The machines that it hits, by name. Of a partition one side; of <see cref="FaultKind.OneWayPartition"/> those who are not heard; of
    /// <see cref="FaultKind.PartialPartition"/>, cut ways, clogs and resets the first of each pair; of a swizzle the order of the clogging.
    /// </summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>The other machines: the other side, the second of each pair, those who do not hear, the order of the unclogging.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];

    /// <summary>
    /// How much: a probability, a factor of slowness or of a clock's rate, seconds of a clock or a latency, bytes (a second), a version,
    /// a part of the disk.
    /// </summary>
    public double Amount { get; init; }

    /// <summary>When it ends, or null where it lasts until the world heals.</summary>
    public TimeSpan? End => Duration > TimeSpan.Zero ? At + Duration : null;

    /// <summary>The action in words, for people.</summary>
    public override string ToString()
    {
        var others = Others.Count == 0 ? "" : $" | {string.Join(',', Others)}";
        var amount = Amount == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" {Amount:0.####}");
        var duration = Duration == TimeSpan.Zero ? "" : string.Create(CultureInfo.InvariantCulture, $" for {Duration.TotalSeconds:0.###} s");
        return string.Create(CultureInfo.InvariantCulture, $"{At.TotalSeconds:0.000} s {Kind} {string.Join(',', Targets)}{others}{amount}{duration}");
    }

    /// <summary>Says what does not fit, or null.</summary>
    public string? Check()
    {
        if (Kind == FaultKind.None || !Enum.IsDefined(Kind))
            return $"'{Kind}' is not one kind of fault";
        if (At < TimeSpan.Zero || Duration < TimeSpan.Zero)
            return "a time is negative";
        if (IsOfPairs && Targets.Count != Others.Count)
            return $"{Kind} names {Targets.Count} targets and {Others.Count} others: they are pairs";
        if (!double.IsFinite(Amount))
            return "the amount is not a number";
        var (min, max) = AmountRange;
        return Amount < min || Amount > max
            ? string.Create(CultureInfo.InvariantCulture, $"the amount of {Kind} is from {min} to {max}, not {Amount}") : null;
    }

    private bool IsOfPairs =>
        Kind is FaultKind.PartialPartition or FaultKind.CutWays or FaultKind.Clog or FaultKind.Hold or FaultKind.Reset or FaultKind.HalfOpen
            or FaultKind.SwizzleClog;

    private (double Min, double Max) AmountRange => Kind switch
    {
        FaultKind.Loss or FaultKind.Duplication or FaultKind.Reordering or FaultKind.Corruption or FaultKind.BitRot => (0, 1 - 1e-9),
        FaultKind.DiskErrors or FaultKind.ReadErrors or FaultKind.WriteErrors or FaultKind.FailedSyncs
            or FaultKind.MisdirectedWrites => (0, 1),
        FaultKind.ClockDrift => (0.5, 2),
        FaultKind.SlowDisk => (1, 1e6),
        FaultKind.Upgrade => (1, int.MaxValue),
        FaultKind.Bandwidth => (1, 1e15),
        FaultKind.FullDisk => (0, 1e15),
        FaultKind.LatencySpike or FaultKind.CrashLoop => (0, 86_400),
        FaultKind.ClockJump or FaultKind.ClockSkew or FaultKind.ClockStrobe => (-1e9, 1e9),
        _ => (0, 1e15),
    };
}
