using Quorate.Checking.Histories;

namespace Quorate.Checking.Findings;

/// <summary>One step of a cycle: why an operation comes before another.</summary>
/// <param name="From">The operation that comes first.</param>
/// <param name="To">The operation that comes after it.</param>
/// <param name="Kind">Why.</param>
/// <param name="Key">The object that they share; null for an order of process or time.</param>
/// <param name="Value">What the second wrote, or for wr read; null for an order of process or time.</param>
public sealed record Dependency(HistoryOperation From, HistoryOperation To, DependencyKind Kind, HistoryValue? Key, HistoryValue? Value)
{
    /// <summary>The step in words.</summary>
    public override string ToString() => Kind switch
    {
        DependencyKind.WriteWrite => $"ww: the next wrote {Value} to {Key} over what this one wrote",
        DependencyKind.WriteRead => $"wr: the next read {Value} of {Key}, which this one wrote",
        DependencyKind.ReadWrite => $"rw: this one read {Key} before the next wrote {Value} to it",
        DependencyKind.Process => "process: the next is a later operation of the same process",
        _ => "realtime: this one was completed before the next was invoked",
    };
}
