using Quorate.Checking.Histories;
using Quorate.Checking.Linearizability;
using Quorate.Checking.SpecialCases;

namespace Quorate.Checking.Models;

/// <summary>
/// A queue (<c>enqueue</c>, <c>dequeue</c>) or a stack (<c>push</c>, <c>pop</c>) that begins empty; taking gives nil when nothing is there. With
/// a key there is one for each.
/// </summary>
/// <remarks>
/// Guarantee: as <see cref="IHistoryModel"/>. An unknown take may have taken one value, at any later time, or none.
/// Cost: n log n where no value is put twice; else that of the search.
/// Fails when: an operation is neither.
/// Source: Herlihy and Wing, 1990, section 4 (the queue); for the near-linear checks see SpecialCases.
/// </remarks>
/// <param name="order">Which value comes out next.</param>
public sealed class CollectionModel(CollectionOrder order) : IHistoryModel
{
    private readonly string put = order == CollectionOrder.FirstInFirstOut ? "enqueue" : "push";
    private readonly string take = order == CollectionOrder.FirstInFirstOut ? "dequeue" : "pop";

    /// <inheritdoc/>
    public string Name => order == CollectionOrder.FirstInFirstOut ? "linearizable-queue" : "linearizable-stack";

    /// <inheritdoc/>
    public IReadOnlyList<HistoryPartition> Partition(History history)
    {
        foreach (var operation in history.Operations)
            if (operation.Function != put && operation.Function != take)
                throw OperationFields.Unknown(operation, Name);
        return OperationsByKey.Of(history).Select(ToPartition).ToArray();
    }

    private HistoryPartition ToPartition((string Name, IReadOnlyList<HistoryOperation> Operations) part)
    {
        var names = new ValueTable();
        var actions = new TakeAction[part.Operations.Count];
        var values = new int[actions.Length];
        for (var i = 0; i < actions.Length; i++)
        {
            actions[i] = ActionOf(part.Operations[i]);
            values[i] = names.NumberOf(actions[i] switch
            {
                TakeAction.Put => part.Operations[i].Input,
                TakeAction.Take => part.Operations[i].Output,
                _ => HistoryValue.Nil,
            });
        }
        var specification = new CollectionSpecification(order, actions, values, names);
        return new HistoryPartition(part.Name, part.Operations, specification)
        {
            Special = order == CollectionOrder.FirstInFirstOut
                ? new UniqueQueue(part.Operations, actions, values)
                : new UniqueStack(part.Operations, actions, values),
        };
    }

    private TakeAction ActionOf(HistoryOperation operation)
    {
        if (operation.Function == put)
            return operation.Input.IsNil
                ? throw new HistoryFormatException($"'{put}' of nothing: nil means that nothing was there", operation.InvokedLine)
                : TakeAction.Put;
        if (operation.Outcome != HistoryOutcome.Ok)
            return TakeAction.TakeUnknown;
        return operation.Output.IsNil ? TakeAction.FindEmpty : TakeAction.Take;
    }
}
