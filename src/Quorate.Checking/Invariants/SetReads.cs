using Quorate.Checking.Histories;

namespace Quorate.Checking.Invariants;

/// <summary>The adds and reads of a set, one set for each key of the history.</summary>
internal sealed class SetReads
{
    private readonly Dictionary<HistoryValue, HistoryOperation> adds = [];

    private SetReads(string name) => Name = name;

    public string Name { get; }

    /// <summary>The reads that ended ok, in the order of their invocations.</summary>
    public List<HistoryOperation> Reads { get; } = [];

    /// <summary>The first add of each element that is not known to have failed, or else the first at all.</summary>
    public IReadOnlyDictionary<HistoryValue, HistoryOperation> Adds => adds;

    /// <summary>The elements in the order of their adds.</summary>
    public List<HistoryValue> Elements { get; } = [];

    public static IReadOnlyList<SetReads> Of(History history, string model)
    {
        var sets = new Dictionary<HistoryValue, SetReads>();
        var order = new List<SetReads>();
        foreach (var operation in history.Operations)
        {
            var key = operation.Key ?? HistoryValue.Nil;
            if (!sets.TryGetValue(key, out var set))
            {
                sets.Add(key, set = new SetReads(operation.Key is null ? "the set" : $"set {key}"));
                order.Add(set);
            }
            set.Take(operation, model);
        }
        return order;
    }

    public static IReadOnlyList<HistoryValue> ElementsOf(HistoryOperation read) =>
        read.Output.Kind == HistoryValueKind.List || read.Output.IsNil
            ? read.Output.Items
            : throw new HistoryFormatException($"a read of a set gave {read.Output}, which is no list", read.CompletedLine);

    private void Take(HistoryOperation operation, string model)
    {
        if (operation.Function is not ("add" or "read"))
            throw Reports.NoFunction(model, operation);
        if (operation.Function == "read")
        {
            if (operation.Outcome == HistoryOutcome.Ok)
                Reads.Add(operation);
            return;
        }
        if (adds.TryAdd(operation.Input, operation))
            Elements.Add(operation.Input);
        else if (Rank(operation) < Rank(adds[operation.Input]))
            adds[operation.Input] = operation;
    }

    private static int Rank(HistoryOperation add) => add.Outcome switch
    {
        HistoryOutcome.Ok => 0,
        HistoryOutcome.Unknown => 1,
        _ => 2,
    };
}
