using Quorate.Checking.Histories;

namespace Quorate.Checking.Linearizability;

/// <summary>What kind of object a history is about.</summary>
/// <remarks>
/// Guarantee asked of an implementation: the history is linearizable exactly when each partition is.
/// Cost: linear in the history.
/// Fails when: the history has operations that the model does not know: <see cref="HistoryFormatException"/>.
/// Source: Herlihy and Wing, Linearizability, 1990, section 3.3 (locality).
/// </remarks>
public interface IHistoryModel
{
    /// <summary>The model's name.</summary>
    string Name { get; }

    /// <summary>
    /// Parts the history's operations by object. Failed operations are left out, and so are unknown ones that only read: they
    /// constrain nothing.
    /// </summary>
    /// <param name="history">The history.</param>
    IReadOnlyList<HistoryPartition> Partition(History history);
}

/// <summary>The operations on one object, and what they do.</summary>
/// <param name="Name">The object; empty when there is only one.</param>
/// <param name="Operations">Its operations, ok and unknown, in the order of their invocations.</param>
/// <param name="Specification">What they do; its operations are places in the list.</param>
public sealed record HistoryPartition(string Name, IReadOnlyList<HistoryOperation> Operations, ISequentialSpecification Specification)
{
    /// <summary>A near-linear check that may decide the object without a search.</summary>
    internal ISpecialCase? Special { get; init; }
}
