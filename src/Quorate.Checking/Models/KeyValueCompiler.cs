using Quorate.Checking.Histories;

namespace Quorate.Checking.Models;

/// <summary>Makes actions on numbered keys of operations.</summary>
internal sealed class KeyValueCompiler(string model, ValueTable values)
{
    private readonly Dictionary<HistoryValue, int> keys = [];
    private readonly List<string> names = [];
    private bool appends;
    private bool readsNil;
    private bool deletes;

    /// <summary>Whether a missing key reads as the empty text, as far as the operations compiled tell.</summary>
    public bool MissingReadsEmpty => appends && !readsNil && !deletes;

    public string NameOf(int key) => names[key];

    public KeyedAction[] Compile(HistoryOperation operation)
    {
        if (operation.Function == "txn")
            return CompileTransaction(operation);
        var keyed = operation.Key is not null;
        var (key, input) = keyed ? (operation.Key!, operation.Input) : KeyFirst(operation, operation.Input);
        var output = keyed || operation.Outcome != HistoryOutcome.Ok || operation.Output.Kind != HistoryValueKind.List
            ? operation.Output
            : KeyFirst(operation, operation.Output).Value;
        return [new KeyedAction(NumberOf(key), ActionOf(operation, input, output))];
    }

    private static (HistoryValue Key, HistoryValue Value) KeyFirst(HistoryOperation operation, HistoryValue value) =>
        value is { Kind: HistoryValueKind.List, Items.Count: 2 }
            ? (value.Items[0], value.Items[1])
            : throw new HistoryFormatException($"'{operation.Function}' has no key", operation.InvokedLine);

    private int NumberOf(HistoryValue key)
    {
        if (keys.TryGetValue(key, out var number))
            return number;
        keys.Add(key, number = names.Count);
        names.Add(key.ToString());
        return number;
    }

    private ObjectAction ActionOf(HistoryOperation operation, HistoryValue input, HistoryValue output)
    {
        switch (operation.Function)
        {
            case "get" or "read":
                readsNil |= operation.Outcome == HistoryOutcome.Ok && output.IsNil;
                return OperationFields.Read(operation, output, values);
            case "put" or "write":
                return new ObjectAction(ActionKind.Write, values.NumberOf(input));
            case "append":
                appends = true;
                return new ObjectAction(ActionKind.Append, values.NumberOf(input));
            case "delete":
                deletes = true;
                return new ObjectAction(ActionKind.Write, ValueTable.Nil);
            case "cas":
                return OperationFields.CompareAndSet(operation, input, output, values);
            default:
                throw OperationFields.Unknown(operation, model);
        }
    }

    private KeyedAction[] CompileTransaction(HistoryOperation operation)
    {
        // The steps that are known to have happened may differ from those asked for: a transaction has two branches.
        var known = operation.Outcome == HistoryOutcome.Ok;
        var steps = known ? operation.Output : operation.Input;
        if (steps.Kind != HistoryValueKind.List)
            throw new HistoryFormatException("the value of a txn must be a list of steps", operation.InvokedLine);
        return steps.Items.Select(step => StepOf(operation, step, known)).ToArray();
    }

    private KeyedAction StepOf(HistoryOperation operation, HistoryValue step, bool known)
    {
        var name = step.Kind == HistoryValueKind.List && step.Items.Count is 2 or 3 ? step.Items[0].AsText() : null;
        var value = name is not null && step.Items.Count == 3 ? step.Items[2] : HistoryValue.Nil;
        deletes |= name == "delete";
        readsNil |= known && name is "get" or "check" && value.IsNil;
        var action = name switch
        {
            "get" when !known => new ObjectAction(ActionKind.None),
            "get" or "check" => new ObjectAction(ActionKind.Read, values.NumberOf(value)),
            "put" => new ObjectAction(ActionKind.Write, values.NumberOf(value)),
            "delete" => new ObjectAction(ActionKind.Write, ValueTable.Nil),
            _ => throw new HistoryFormatException($"{step} is not a step of a txn", operation.InvokedLine),
        };
        return new KeyedAction(NumberOf(step.Items[1]), action);
    }
}
