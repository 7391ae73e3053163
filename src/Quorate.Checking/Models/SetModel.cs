using Quorate.Checking.Histories;
using Quorate.Checking.Linearizability;
using Quorate.Checking.SpecialCases;

namespace Quorate.Checking.Models;

/// <summary>
/// A set that begins empty: <c>add</c>, <c>remove</c> and <c>contains</c> of an element, and <c>read</c> of all elements. An <c>add</c> or
/// <c>remove</c> that gave true changed the set, one that gave false found nothing to change, any other result leaves that open. With a key
/// there is one for each.
/// </summary>
/// <remarks>
/// Guarantee: as <see cref="IHistoryModel"/>. Without a <c>read</c> of the whole each element is an object of its own (locality).
/// Cost: linear where each element is added at most once and removed at most once, and also with reads of the whole where nothing is removed;
/// else that of the search.
/// Fails when: an operation is none of these, <c>contains</c> gave no boolean or <c>read</c> no list.
/// Source: Lee and Mathur, 2025 (sets); Jepsen's set-full for the reads of the whole.
/// </remarks>
public sealed class SetModel : IHistoryModel
{
    /// <inheritdoc/>
    public string Name => "linearizable-set";

    /// <inheritdoc/>
    public IReadOnlyList<HistoryPartition> Partition(History history)
    {
        foreach (var operation in history.Operations)
            if (operation.Function is not ("add" or "remove" or "contains" or "read"))
                throw OperationFields.Unknown(operation, Name);
        var counted = history.Operations.Where(o =>
            o.Outcome == HistoryOutcome.Ok || o.Outcome == HistoryOutcome.Unknown && o.Function is ("add" or "remove"));
        return OperationsByKey.Of(counted, o => o.Key).SelectMany(ByElement).ToArray();
    }

    private static IEnumerable<HistoryPartition> ByElement((string Name, IReadOnlyList<HistoryOperation> Operations) set)
    {
        if (set.Operations.Any(o => o.Function == "read"))
            return [Whole(set.Name, set.Operations)];
        var prefix = set.Name.Length > 0 ? $"{set.Name}, element " : "element ";
        return OperationsByKey.Of(set.Operations, o => o.Input).Select(e => OneElement(prefix + e.Name, e.Operations));
    }

    private static HistoryPartition OneElement(string name, IReadOnlyList<HistoryOperation> operations)
    {
        var actions = operations.Select(ActionOf).ToArray();
        var specification = new SetSpecification([.. actions.Select(a => new SetAction(a, [0]))], _ => operations[0].Input.ToString());
        return new HistoryPartition(name, operations, specification) { Special = new SetElement(operations, actions) };
    }

    private static HistoryPartition Whole(string name, IReadOnlyList<HistoryOperation> operations)
    {
        var values = new Dictionary<HistoryValue, int>();
        var names = new List<HistoryValue>();
        int NumberOf(HistoryValue value)
        {
            if (!values.TryGetValue(value, out var number))
            {
                values.Add(value, number = names.Count);
                names.Add(value);
            }
            return number;
        }
        var actions = operations
            .Select(o => o.Function == "read"
                ? new SetAction(null, ElementsOf(o).Select(NumberOf).Distinct().Order().ToArray())
                : new SetAction(ActionOf(o), [NumberOf(o.Input)]))
            .ToArray();
        var specification = new SetSpecification(actions, element => names[element].ToString());
        var grows = Array.TrueForAll(actions, a => a.Kind is null or ElementAction.Insert or ElementAction.Put);
        return new HistoryPartition(name, operations, specification)
        {
            Special = grows
                ? new GrowingSet(
                    operations,
                    Array.ConvertAll(actions, a => a.Elements),
                    Array.ConvertAll(actions, a => a.Kind is null),
                    names.Count,
                    specification.LookingAt)
                : null,
        };
    }

    private static IReadOnlyList<HistoryValue> ElementsOf(HistoryOperation read) =>
        read.Output.Kind == HistoryValueKind.List || read.Output.IsNil
            ? read.Output.Items
            : throw new HistoryFormatException($"a read of a set gave {read.Output}, which is no list", read.CompletedLine);

    private static ElementAction ActionOf(HistoryOperation operation)
    {
        var result = operation.Outcome == HistoryOutcome.Ok && !operation.Input.Equals(operation.Output) ? operation.Output.AsBoolean() : null;
        return (operation.Function, result) switch
        {
            ("add", null) => ElementAction.Put,
            ("add", true) => ElementAction.Insert,
            ("remove", null) => ElementAction.Clear,
            ("remove", true) => ElementAction.Take,
            ("contains", null) => ContainsOf(operation),
            ("add", false) or ("contains", true) => ElementAction.SeePresent,
            _ => ElementAction.SeeAbsent,
        };
    }

    // Of a set of booleans an answer can be the same as the question.
    private static ElementAction ContainsOf(HistoryOperation operation) => operation.Output.AsBoolean() switch
    {
        true => ElementAction.SeePresent,
        false => ElementAction.SeeAbsent,
        null => throw new HistoryFormatException($"'contains' gave {operation.Output}, which is no boolean", operation.CompletedLine),
    };
}
