using Quorate.Checking.Histories;

namespace Quorate.Checking.Sessions;

/// <summary>
/// Reads and writes of keys, session by session. Each value is written to a key at most once, so a read tells whose write it saw. A write
/// of unknown outcome that somebody saw is a session of its own: nobody knows when it happened.
/// </summary>
internal sealed class SessionHistory
{
    /// <summary>The source of a read that gave nil.</summary>
    public const int Initial = -1;

    /// <summary>The source of a read that gave what nobody wrote, or what a write wrote that failed.</summary>
    public const int Nowhere = -2;

    private readonly Dictionary<(HistoryValue Key, HistoryValue Value), int> writes = [];
    private readonly Dictionary<HistoryValue, int> keys = [];
    private readonly List<SessionOperation> operations = [];
    private readonly List<int> sessionLengths = [];
    private readonly Dictionary<(int Session, int Key), List<int>> writesByKey = [];

    public SessionHistory(IReadOnlyList<HistoryOperation> all, string model)
    {
        var sessions = new Dictionary<long, int>();
        var seen = SeenIn(all, model);
        foreach (var operation in all)
        {
            var (key, value) = PartsOf(operation, model);
            var isWrite = operation.Function is "write" or "put";
            var happened = operation.Outcome == HistoryOutcome.Ok
                || isWrite && operation.Outcome == HistoryOutcome.Unknown && seen.Contains((key, value));
            if (!happened)
                continue;
            if (isWrite && value.IsNil)
                Ambiguity ??= $"nil is written to {key}, which is also what a key begins as";
            if (isWrite && !writes.TryAdd((key, value), operations.Count))
                Ambiguity ??= $"{value} is written to {key} more than once, so a read of it does not tell whose it saw";
            var session = operation.Outcome == HistoryOutcome.Ok ? SessionOf(operation, sessions) : NewSession();
            Add(operation, session, isWrite, NumberOf(key), value);
        }
        for (var i = 0; i < operations.Count; i++)
            if (!operations[i].IsWrite)
                operations[i] = operations[i] with { Source = SourceOf(operations[i]) };
    }

    /// <summary>The operations that happened, in the order of their invocations.</summary>
    public IReadOnlyList<SessionOperation> Operations => operations;

    public int SessionCount => sessionLengths.Count;

    /// <summary>For each key the sessions that write it.</summary>
    public List<List<int>> Writers { get; } = [];

    /// <summary>Why the history tells nothing, or null.</summary>
    public string? Ambiguity { get; private set; }

    /// <summary>The last write of a session to a key among the first operations of the session, or -1.</summary>
    public int LastWrite(int session, int key, int length)
    {
        if (!writesByKey.TryGetValue((session, key), out var list))
            return -1;
        var (low, high) = (0, list.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = operations[list[middle]].Place < length ? (middle + 1, high) : (low, middle);
        }
        return low == 0 ? -1 : list[low - 1];
    }

    /// <summary>The key and the value of an operation: the value given by a write, or seen by a read.</summary>
    public static (HistoryValue Key, HistoryValue Value) PartsOf(HistoryOperation operation, string model)
    {
        if (operation.Function is not ("read" or "get" or "write" or "put"))
            throw new HistoryFormatException($"the {model} model has no function '{operation.Function}'", operation.InvokedLine);
        var value = operation.Function is "read" or "get" && operation.Outcome == HistoryOutcome.Ok ? operation.Output : operation.Input;
        if (operation.Key is { } key)
            return (key, value);
        return value is { Kind: HistoryValueKind.List, Items.Count: 2 } ? (value.Items[0], value.Items[1]) : (HistoryValue.Nil, value);
    }

    private static HashSet<(HistoryValue, HistoryValue)> SeenIn(IReadOnlyList<HistoryOperation> all, string model)
    {
        var seen = new HashSet<(HistoryValue, HistoryValue)>();
        foreach (var operation in all)
            if (operation.Outcome == HistoryOutcome.Ok && operation.Function is "read" or "get")
                seen.Add(PartsOf(operation, model));
        return seen;
    }

    private void Add(HistoryOperation operation, int session, bool isWrite, int key, HistoryValue value)
    {
        if (isWrite)
        {
            if (!writesByKey.TryGetValue((session, key), out var list))
            {
                writesByKey.Add((session, key), list = []);
                Writers[key].Add(session);
            }
            list.Add(operations.Count);
        }
        operations.Add(new SessionOperation(operation, session, sessionLengths[session]++, isWrite, key, value, Initial));
    }

    private int SourceOf(SessionOperation read)
    {
        if (read.Value.IsNil)
            return Initial;
        var (key, value) = PartsOf(read.Operation, "");
        return writes.GetValueOrDefault((key, value), Nowhere);
    }

    private int NumberOf(HistoryValue key)
    {
        if (keys.TryGetValue(key, out var number))
            return number;
        keys.Add(key, number = Writers.Count);
        Writers.Add([]);
        return number;
    }

    private int SessionOf(HistoryOperation operation, Dictionary<long, int> sessions)
    {
        if (!sessions.TryGetValue(operation.Process, out var session))
            sessions.Add(operation.Process, session = NewSession());
        return session;
    }

    private int NewSession()
    {
        sessionLengths.Add(0);
        return sessionLengths.Count - 1;
    }
}
