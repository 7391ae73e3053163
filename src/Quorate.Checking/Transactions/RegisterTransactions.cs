using Quorate.Checking.Histories;

namespace Quorate.Checking.Transactions;

/// <summary>The transactions of a history over registers, with numbers for keys and written values.</summary>
/// <remarks>
/// The value of a write is its number; that of a read is the number of the write that it saw, <see cref="Initial"/> for nil,
/// <see cref="Garbage"/> for what nobody wrote, or <see cref="NotKnown"/>.
/// </remarks>
internal sealed class RegisterTransactions
{
    public const string Model = "rw-register";
    public const int Initial = -1;
    public const int Garbage = -2;
    public const int NotKnown = -3;
    private readonly Dictionary<HistoryValue, int> keyNumbers = [];
    private readonly Dictionary<(int Key, HistoryValue Value), int> writeNumbers = [];
    private readonly List<MicroOperation> steps = [];

    public RegisterTransactions(History history)
    {
        History = history;
        StepStart = new int[Operations.Count + 1];
        IsCommitted = new bool[Operations.Count];
        for (var i = 0; i < Operations.Count; i++)
        {
            StepStart[i] = steps.Count;
            IsCommitted[i] = Operations[i].Outcome == HistoryOutcome.Ok;
            foreach (var step in MicroFields.StepsOf(Operations[i], Model))
                Add(i, step);
        }
        StepStart[^1] = steps.Count;
        Steps = steps.ToArray();
        ResolveReads();
        MarkFinal();
    }

    public History History { get; }

    public IReadOnlyList<HistoryOperation> Operations => History.Operations;

    public int[] StepStart { get; }

    public MicroOperation[] Steps { get; }

    /// <summary>Whether a transaction is known to have happened: it ended ok, or somebody saw what it wrote.</summary>
    public bool[] IsCommitted { get; }

    public List<HistoryValue> Keys { get; } = [];

    /// <summary>What was written, by number.</summary>
    public List<HistoryValue> Values { get; } = [];

    /// <summary>The transaction of each write.</summary>
    public List<int> Writers { get; } = [];

    /// <summary>The key of each write.</summary>
    public List<int> KeyOf { get; } = [];

    /// <summary>Whether each write is the last one of its transaction to the key.</summary>
    public bool[] IsFinal { get; private set; } = [];

    /// <summary>What each step of a read gave, by the place of the step.</summary>
    public List<HistoryValue> Seen { get; } = [];

    /// <summary>Why the history tells nothing, or null: a value was written twice to a key.</summary>
    public string? Ambiguity { get; private set; }

    public ReadOnlySpan<MicroOperation> StepsOf(int transaction) =>
        Steps.AsSpan(StepStart[transaction], StepStart[transaction + 1] - StepStart[transaction]);

    private void Add(int transaction, HistoryValue step)
    {
        var operation = Operations[transaction];
        var (name, keyValue, value) = MicroFields.PartsOf(step, operation);
        if (!keyNumbers.TryGetValue(keyValue, out var key))
        {
            keyNumbers.Add(keyValue, key = Keys.Count);
            Keys.Add(keyValue);
        }
        switch (name)
        {
            case "w" or "write":
                steps.Add(new MicroOperation(MicroKind.Write, key, AddWrite(transaction, key, value)));
                break;
            case "r" or "read":
                steps.Add(new MicroOperation(MicroKind.Read, key, operation.Outcome == HistoryOutcome.Ok ? Initial : NotKnown));
                break;
            default:
                throw MicroFields.Unknown(name, operation, Model);
        }
        Seen.Add(value);
    }

    private int AddWrite(int transaction, int key, HistoryValue value)
    {
        var number = Values.Count;
        if (value.IsNil)
            Ambiguity ??= $"nil is written to {Keys[key]}, which is also what a key begins as";
        if (!writeNumbers.TryAdd((key, value), number))
            Ambiguity ??= $"{value} is written to {Keys[key]} more than once, so a read of it does not tell whose it saw";
        Values.Add(value);
        Writers.Add(transaction);
        KeyOf.Add(key);
        return number;
    }

    private void ResolveReads()
    {
        for (var i = 0; i < Steps.Length; i++)
        {
            if (Steps[i].Kind != MicroKind.Read || Steps[i].Value == NotKnown || Seen[i].IsNil)
                continue;
            var write = writeNumbers.TryGetValue((Steps[i].Key, Seen[i]), out var number) ? number : Garbage;
            Steps[i] = Steps[i] with { Value = write };
            if (write >= 0 && Operations[Writers[write]].Outcome == HistoryOutcome.Unknown)
                IsCommitted[Writers[write]] = true;
        }
    }

    private void MarkFinal()
    {
        IsFinal = new bool[Values.Count];
        Array.Fill(IsFinal, true);
        var last = new int[Keys.Count];
        Array.Fill(last, -1);
        for (var i = 0; i < Steps.Length; i++)
        {
            if (Steps[i].Kind != MicroKind.Write)
                continue;
            var (key, write) = (Steps[i].Key, Steps[i].Value);
            if (last[key] >= 0 && Writers[last[key]] == Writers[write])
                IsFinal[last[key]] = false;
            last[key] = write;
        }
    }
}
