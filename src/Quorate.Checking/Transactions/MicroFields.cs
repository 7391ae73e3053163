using Quorate.Checking.Histories;

namespace Quorate.Checking.Transactions;

/// <summary>Reads the steps of transactions, with errors that name their lines.</summary>
internal static class MicroFields
{
    private const string Transaction = "txn";

    /// <summary>The steps of a transaction: those that happened where that is known, else those that were asked for.</summary>
    public static IReadOnlyList<HistoryValue> StepsOf(HistoryOperation operation, string model)
    {
        if (operation.Function != Transaction)
            throw new HistoryFormatException($"the {model} model has no function '{operation.Function}', only txn", operation.InvokedLine);
        var steps = operation.Outcome == HistoryOutcome.Ok ? operation.Output : operation.Input;
        if (steps.Kind == HistoryValueKind.List)
            return steps.Items;
        // What failed or is unknown may come without the steps; then nobody can have seen any of it.
        return steps.IsNil && operation.Outcome != HistoryOutcome.Ok
            ? []
            : throw new HistoryFormatException($"the value of a txn must be a list of steps, not {Shown(steps)}", operation.InvokedLine);
    }

    /// <summary>The three parts of a step.</summary>
    public static (string Name, HistoryValue Key, HistoryValue Value) PartsOf(HistoryValue step, HistoryOperation operation)
    {
        if (step.Kind == HistoryValueKind.List && step.Items.Count is 2 or 3 && step.Items[0].AsText() is { } name)
            return (name, step.Items[1], step.Items.Count == 3 ? step.Items[2] : HistoryValue.Nil);
        throw new HistoryFormatException($"a step of a txn must be [function key value], not {Shown(step)}", operation.InvokedLine);
    }

    public static HistoryFormatException Unknown(string name, HistoryOperation operation, string model) =>
        new($"the {model} model has no step '{name}'", operation.InvokedLine);

    private static string Shown(HistoryValue value)
    {
        var text = value.ToString();
        return text.Length <= 60 ? text : $"{text[..60]}...";
    }
}
