using Quorate.Checking.Histories;

namespace Quorate.Checking.Models;

/// <summary>Reads the fields of operations, with errors that name their lines.</summary>
internal static class OperationFields
{
    public static HistoryFormatException Unknown(HistoryOperation operation, string model) =>
        new($"the {model} model has no function '{operation.Function}'", operation.InvokedLine);

    /// <summary>The two values of a compare-and-set.</summary>
    public static (HistoryValue Expected, HistoryValue Next) Pair(HistoryOperation operation, HistoryValue value) =>
        value is { Kind: HistoryValueKind.List, Items.Count: 2 }
            ? (value.Items[0], value.Items[1])
            : throw new HistoryFormatException($"the value of '{operation.Function}' must be [expected new], not {value}", operation.InvokedLine);

    /// <summary>The action of a compare-and-set: one that answered false saw another value.</summary>
    public static ObjectAction CompareAndSet(HistoryOperation operation, HistoryValue input, HistoryValue output, ValueTable values)
    {
        var (expected, next) = Pair(operation, input);
        var known = operation.Outcome == HistoryOutcome.Ok;
        if (expected.Equals(next) && output.AsBoolean() != false)
            return known ? new ObjectAction(ActionKind.Read, values.NumberOf(expected)) : new ObjectAction(ActionKind.None);
        return known && output.AsBoolean() == false
            ? new ObjectAction(ActionKind.Differ, values.NumberOf(expected))
            : new ObjectAction(ActionKind.CompareAndSet, values.NumberOf(expected), values.NumberOf(next));
    }

    public static ObjectAction Read(HistoryOperation operation, HistoryValue output, ValueTable values) =>
        operation.Outcome == HistoryOutcome.Ok
            ? new ObjectAction(ActionKind.Read, values.NumberOf(output))
            : new ObjectAction(ActionKind.None);
}
