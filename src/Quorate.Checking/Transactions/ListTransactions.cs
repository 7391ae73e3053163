using Quorate.Checking.Histories;

namespace Quorate.Checking.Transactions;

/// <summary>The transactions of a list-append history with numbers for keys and elements.</summary>
/// <remarks>The value of a write is the number of the element; that of a read is its place in <see cref="Lists"/>, or -1 when
/// unknown.</remarks>
internal sealed class ListTransactions
{
    public const string Model = "list-append";

    /// <summary>Marks a read of which nothing is known.</summary>
    public const int NotKnown = -1;

    private readonly Dictionary<HistoryValue, int> keyNumbers = [];
    private readonly Dictionary<Element, int> elementNumbers = [];
    private readonly List<int> lastWriter = [];
    private readonly List<int> lastElement = [];
    private readonly List<MicroOperation> steps = [];
    private string? duplicate;

    public ListTransactions(History history)
    {
        Operations = history.Operations;
        EventCount = history.EventCount;
        StepStart = new int[Operations.Count + 1];
        for (var i = 0; i < Operations.Count; i++)
        {
            StepStart[i] = steps.Count;
            foreach (var step in MicroFields.StepsOf(Operations[i], Model))
                Add(i, step);
        }
        StepStart[^1] = steps.Count;
        Steps = steps.ToArray();
    }

    public IReadOnlyList<HistoryOperation> Operations { get; }

    public int EventCount { get; }

    /// <summary>Where the steps of each transaction begin.</summary>
    public int[] StepStart { get; }

    public MicroOperation[] Steps { get; }

    public List<HistoryValue> Keys { get; } = [];

    /// <summary>For each key the place of the longest list that was read of it, or -1.</summary>
    public List<int> Longest { get; } = [];

    /// <summary>What was read.</summary>
    public List<IReadOnlyList<HistoryValue>> Lists { get; } = [];

    /// <summary>The elements, by number.</summary>
    public List<HistoryValue> Elements { get; } = [];

    /// <summary>The transaction that appended each element.</summary>
    public List<int> Writers { get; } = [];

    /// <summary>For each element the one that the same transaction appended to the same key just before it, or -1.</summary>
    public List<int> Before { get; } = [];

    /// <summary>For each element whether it is the last one that its transaction appended to the key.</summary>
    public List<bool> IsFinal { get; } = [];

    /// <summary>Why the history tells nothing, or null: an element was appended twice to a key.</summary>
    public string? Ambiguity => duplicate;

    /// <summary>The number of an element of a key, or -1 when nobody appended it.</summary>
    public int NumberOf(int key, HistoryValue element) => elementNumbers.GetValueOrDefault(new Element(key, element), NotKnown);

    public ReadOnlySpan<MicroOperation> StepsOf(int transaction) =>
        Steps.AsSpan(StepStart[transaction], StepStart[transaction + 1] - StepStart[transaction]);

    private void Add(int transaction, HistoryValue step)
    {
        var operation = Operations[transaction];
        var (name, keyValue, value) = MicroFields.PartsOf(step, operation);
        var key = KeyNumber(keyValue);
        switch (name)
        {
            case "append":
                steps.Add(new MicroOperation(MicroKind.Write, key, AddElement(transaction, key, value)));
                break;
            case "r" or "read":
                steps.Add(new MicroOperation(MicroKind.Read, key, AddList(operation, key, value)));
                break;
            default:
                throw MicroFields.Unknown(name, operation, Model);
        }
    }

    private int KeyNumber(HistoryValue value)
    {
        if (keyNumbers.TryGetValue(value, out var key))
            return key;
        key = Keys.Count;
        keyNumbers.Add(value, key);
        Keys.Add(value);
        Longest.Add(NotKnown);
        lastWriter.Add(-1);
        lastElement.Add(-1);
        return key;
    }

    private int AddElement(int transaction, int key, HistoryValue value)
    {
        var number = Elements.Count;
        if (!elementNumbers.TryAdd(new Element(key, value), number))
            duplicate ??= $"{value} is appended to {Keys[key]} more than once, so a read of it does not tell whose it saw";
        Elements.Add(value);
        Writers.Add(transaction);
        IsFinal.Add(true);
        var before = lastWriter[key] == transaction ? lastElement[key] : -1;
        Before.Add(before);
        if (before >= 0)
            IsFinal[before] = false;
        lastWriter[key] = transaction;
        lastElement[key] = number;
        return number;
    }

    private int AddList(HistoryOperation operation, int key, HistoryValue value)
    {
        if (operation.Outcome != HistoryOutcome.Ok)
            return NotKnown;
        if (value.Kind != HistoryValueKind.List && !value.IsNil)
            throw new HistoryFormatException($"a read of a list gave {value}, which is no list", operation.CompletedLine);
        var place = Lists.Count;
        Lists.Add(value.Items);
        if (Longest[key] == NotKnown || value.Items.Count > Lists[Longest[key]].Count)
            Longest[key] = place;
        return place;
    }

    private readonly record struct Element(int Key, HistoryValue Value)
    {
        public bool Equals(Element other) => Key == other.Key && Value.Equals(other.Value);

        public override int GetHashCode() => Value.GetHashCode() * 31 + Key;
    }
}
