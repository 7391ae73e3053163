using Quorate.Checking.Histories;
using Quorate.Checking.Linearizability;

namespace Quorate.Checking.Models;

/// <summary>One register that begins as nil: <c>read</c>, <c>write</c> and, where wanted, <c>cas</c> with <c>[expected new]</c>.</summary>
/// <remarks>
/// Guarantee: as <see cref="IHistoryModel"/>. A failed <c>cas</c> constrains nothing: it may have failed for another reason than the value.
/// Cost: linear.
/// Fails when: an operation is none of these.
/// Source: knossos's register and cas-register.
/// </remarks>
/// <param name="compareAndSet">Whether there is a <c>cas</c>.</param>
public sealed class RegisterModel(bool compareAndSet) : IHistoryModel
{
    /// <inheritdoc/>
    public string Name => compareAndSet ? "cas-register" : "register";

    /// <inheritdoc/>
    public IReadOnlyList<HistoryPartition> Partition(History history)
    {
        var values = new ValueTable();
        var operations = new List<HistoryOperation>();
        var actions = new List<ObjectAction>();
        foreach (var operation in history.Operations)
        {
            var action = ActionOf(operation, values);
            if (operation.Outcome == HistoryOutcome.Fail || action.Kind == ActionKind.None)
                continue;
            operations.Add(operation);
            actions.Add(action);
        }
        var register = new HistoryPartition("", operations, new ObjectSpecification(actions, values));
        return new[] { register with { Special = PlainReadsAndWrites.Of(operations, actions) } };
    }

    private ObjectAction ActionOf(HistoryOperation operation, ValueTable values) => operation.Function switch
    {
        "read" => OperationFields.Read(operation, operation.Output, values),
        "write" => new ObjectAction(ActionKind.Write, values.NumberOf(operation.Input)),
        "cas" when compareAndSet => OperationFields.CompareAndSet(operation, operation.Input, operation.Output, values),
        _ => throw OperationFields.Unknown(operation, Name),
    };
}
