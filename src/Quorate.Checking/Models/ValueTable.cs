using Quorate.Checking.Histories;

namespace Quorate.Checking.Models;

/// <summary>
/// Numbers for values, and for the states that appending makes of them. A state is a value, or a state and what was appended to it,
/// so a long
/// run of appends costs one entry each and no copying.
/// </summary>
internal sealed class ValueTable
{
    /// <summary>The number of nil, which is also the state of a key that is not there.</summary>
    public const int Nil = 0;

    private const int IsValue = -1;
    private const long BytesPerState = 160;
    private const long BytesPerComparison = 88;
    private const long Mixed = -1;
    private readonly Dictionary<HistoryValue, int> numbers = [];
    private readonly List<State> states = [];
    private readonly Dictionary<long, int> appended = [];
    private readonly Dictionary<long, int> compared = [];

    public ValueTable() => NumberOf(HistoryValue.Nil);

    /// <summary>Whether a key that is not there reads as the empty text.</summary>
    public bool EmptyIsMissing { get; set; }

    /// <summary>About how many bytes the states take that were made.</summary>
    public long HeldBytes => (states.Count * BytesPerState) + (compared.Count * BytesPerComparison);

    /// <summary>The number of a value, which is also the state that it is.</summary>
    public int NumberOf(HistoryValue value)
    {
        if (numbers.TryGetValue(value, out var number))
            return number;
        number = states.Count;
        numbers.Add(value, number);
        states.Add(new State(IsValue, value, LengthOf(value)));
        return number;
    }

    /// <summary>Whether two values are the same to a reader.</summary>
    public bool Same(int value, int other) => value == other || EmptyIsMissing && IsEmpty(value) && IsEmpty(other);

    /// <summary>The state after a value is appended.</summary>
    public int Append(int state, int chunk)
    {
        // To append a text to nothing is to write it.
        if (state == Nil && states[chunk].Chunk.Kind == HistoryValueKind.Text)
            return chunk;
        if (appended.TryGetValue(Pair(state, chunk), out var result))
            return result;
        result = states.Count;
        states.Add(new State(state, states[chunk].Chunk, LengthAfter(state, states[chunk].Chunk)));
        appended.Add(Pair(state, chunk), result);
        return result;
    }

    /// <summary>Whether a reader of a state sees a value.</summary>
    public bool Matches(int state, int value)
    {
        if (states[state].Parent == IsValue)
            return Same(state, value);
        if (!compared.TryGetValue(Pair(state, value), out var result))
            compared.Add(Pair(state, value), result = Compare(state, states[value].Chunk) ? 1 : 0);
        return result == 1;
    }

    public string Describe(int state) => states[state].Parent == IsValue
        ? states[state].Chunk.ToString()
        : $"{Describe(states[state].Parent)} + {states[state].Chunk}";

    private static long Pair(int state, int other) => ((long)state << 32) | (uint)other;

    private static long LengthOf(HistoryValue value) => value.Kind switch
    {
        HistoryValueKind.Nil => 0,
        HistoryValueKind.Text => value.AsText()!.Length,
        HistoryValueKind.List => value.Items.Count,
        _ => Mixed,
    };

    private bool IsEmpty(int value) =>
        states[value].Chunk.IsNil || states[value].Chunk is { Kind: HistoryValueKind.Text } t && t.AsText() == "";

    private bool IsText(int state)
    {
        while (states[state].Parent != IsValue)
            state = states[state].Parent;
        return states[state].Chunk.Kind == HistoryValueKind.Text;
    }

    private long LengthAfter(int state, HistoryValue chunk)
    {
        var length = states[state].Length;
        if (length == Mixed)
            return Mixed;
        if (!IsText(state))
            return length + 1;
        return chunk.Kind == HistoryValueKind.Text ? length + LengthOf(chunk) : Mixed;
    }

    private bool Compare(int state, HistoryValue value)
    {
        var text = IsText(state);
        if (states[state].Length == Mixed || states[state].Length != LengthOf(value)
            || value.Kind != (text ? HistoryValueKind.Text : HistoryValueKind.List))
            return false;
        return text ? CompareText(state, value.AsText()!) : CompareList(state, value.Items);
    }

    private bool CompareText(int state, ReadOnlySpan<char> rest)
    {
        for (; states[state].Parent != IsValue; state = states[state].Parent)
        {
            var chunk = states[state].Chunk.AsText()!;
            if (!rest.EndsWith(chunk, StringComparison.Ordinal))
                return false;
            rest = rest[..^chunk.Length];
        }
        return rest.SequenceEqual(states[state].Chunk.AsText());
    }

    private bool CompareList(int state, IReadOnlyList<HistoryValue> items)
    {
        var end = items.Count;
        for (; states[state].Parent != IsValue; state = states[state].Parent)
            if (!items[--end].Equals(states[state].Chunk))
                return false;
        var root = states[state].Chunk.Items;
        for (var i = 0; i < end; i++)
            if (!items[i].Equals(root[i]))
                return false;
        return true;
    }

    private sealed class State(int parent, HistoryValue chunk, long length)
    {
        public readonly int Parent = parent;
        public readonly HistoryValue Chunk = chunk;
        public readonly long Length = length;
    }
}
