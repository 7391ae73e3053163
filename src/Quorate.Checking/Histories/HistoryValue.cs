using System.Globalization;
using System.Text;

namespace Quorate.Checking.Histories;

/// <summary>What a value of a history is.</summary>
public enum HistoryValueKind
{
    /// <summary>Nothing.</summary>
    Nil,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number with a fraction.</summary>
    Real,

    /// <summary>A text.</summary>
    Text,

    /// <summary>A keyword or symbol of EDN; its name comes without the colon.</summary>
    Keyword,

    /// <summary>Values in order; a set of EDN is one too, in the order of the text.</summary>
    List,

    /// <summary>Keys and values, in the order of the text.</summary>
    Map,
}

/// <summary>A value of a history: what an operation was given or gave. Immutable; equal when the contents are.</summary>
/// <remarks>
/// Guarantee: equality and hash depend on the content alone and are the same in every process.
/// Cost: the hash is computed once, at construction.
/// Fails when: never.
/// Source: the types of EDN and JSON.
/// </remarks>
public sealed class HistoryValue : IEquatable<HistoryValue>
{
    private static readonly IReadOnlyList<HistoryValue> None = [];
    private readonly long number;
    private readonly string text;
    private readonly int hash;

    private HistoryValue(HistoryValueKind kind, long number, string text, IReadOnlyList<HistoryValue> items)
    {
        Kind = kind;
        this.number = number;
        this.text = text;
        Items = items;
        hash = ComputeHash();
    }

    /// <summary>Nothing.</summary>
    public static HistoryValue Nil { get; } = new(HistoryValueKind.Nil, 0, "", None);

    /// <summary>True.</summary>
    public static HistoryValue True { get; } = new(HistoryValueKind.Boolean, 1, "", None);

    /// <summary>False.</summary>
    public static HistoryValue False { get; } = new(HistoryValueKind.Boolean, 0, "", None);

    /// <summary>What the value is.</summary>
    public HistoryValueKind Kind { get; }

    /// <summary>The values of a list, or the keys and values of a map in turn; else empty.</summary>
    public IReadOnlyList<HistoryValue> Items { get; }

    /// <summary>Whether it is nothing.</summary>
    public bool IsNil => Kind == HistoryValueKind.Nil;

    /// <summary>A whole number.</summary>
    /// <param name="value">The number.</param>
    public static HistoryValue Of(long value) => new(HistoryValueKind.Integer, value, "", None);

    /// <summary>A number with a fraction.</summary>
    /// <param name="value">The number.</param>
    public static HistoryValue Of(double value) => new(HistoryValueKind.Real, BitConverter.DoubleToInt64Bits(value), "", None);

    /// <summary>True or false.</summary>
    /// <param name="value">Which.</param>
    public static HistoryValue Of(bool value) => value ? True : False;

    /// <summary>A text, or nothing for null.</summary>
    /// <param name="value">The text.</param>
    public static HistoryValue Of(string? value) => value is null ? Nil : new(HistoryValueKind.Text, 0, value, None);

    /// <summary>A keyword.</summary>
    /// <param name="name">Its name, without a colon.</param>
    public static HistoryValue Keyword(string name) => new(HistoryValueKind.Keyword, 0, name, None);

    /// <summary>A list.</summary>
    /// <param name="items">What is in it; not changed afterwards.</param>
    public static HistoryValue List(params IReadOnlyList<HistoryValue> items) => new(HistoryValueKind.List, 0, "", items);

    /// <summary>A map.</summary>
    /// <param name="keysAndValues">Keys and values in turn; not changed afterwards.</param>
    public static HistoryValue Map(IReadOnlyList<HistoryValue> keysAndValues) => new(HistoryValueKind.Map, 0, "", keysAndValues);

    /// <summary>The text of a text or keyword, else null.</summary>
    public string? AsText() => Kind is HistoryValueKind.Text or HistoryValueKind.Keyword ? text : null;

    /// <summary>The number of an integer, else null.</summary>
    public long? AsInteger() => Kind == HistoryValueKind.Integer ? number : null;

    /// <summary>The number of a real, else null.</summary>
    public double? AsReal() => Kind == HistoryValueKind.Real ? BitConverter.Int64BitsToDouble(number) : null;

    /// <summary>True or false for a boolean, else null.</summary>
    public bool? AsBoolean() => Kind == HistoryValueKind.Boolean ? number != 0 : null;

    /// <summary>The value of a map's field, by the name of its key (a text or a keyword); null when it is not there.</summary>
    /// <param name="name">The field.</param>
    public HistoryValue? Field(string name)
    {
        if (Kind != HistoryValueKind.Map)
            return null;
        for (var i = 0; i < Items.Count; i += 2)
            if (Items[i].AsText() == name)
                return Items[i + 1];
        return null;
    }

    /// <inheritdoc/>
    public bool Equals(HistoryValue? other)
    {
        if (ReferenceEquals(this, other))
            return true;
        if (other is null || hash != other.hash || Kind != other.Kind || number != other.number || text != other.text)
            return false;
        if (Items.Count != other.Items.Count)
            return false;
        for (var i = 0; i < Items.Count; i++)
            if (!Items[i].Equals(other.Items[i]))
                return false;
        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as HistoryValue);

    /// <inheritdoc/>
    public override int GetHashCode() => hash;

    /// <summary>The value for people, as JSON with <c>nil</c> for nothing.</summary>
    public override string ToString()
    {
        var output = new StringBuilder();
        Write(output);
        return output.ToString();
    }

    private void Write(StringBuilder output)
    {
        switch (Kind)
        {
            case HistoryValueKind.Nil:
                output.Append("nil");
                break;
            case HistoryValueKind.Boolean:
                output.Append(number != 0 ? "true" : "false");
                break;
            case HistoryValueKind.Integer:
                output.Append(CultureInfo.InvariantCulture, $"{number}");
                break;
            case HistoryValueKind.Real:
                output.Append(CultureInfo.InvariantCulture, $"{BitConverter.Int64BitsToDouble(number)}");
                break;
            case HistoryValueKind.Text:
                output.Append('"').Append(text).Append('"');
                break;
            case HistoryValueKind.Keyword:
                output.Append(':').Append(text);
                break;
            default:
                WriteItems(output);
                break;
        }
    }

    private void WriteItems(StringBuilder output)
    {
        var map = Kind == HistoryValueKind.Map;
        output.Append(map ? '{' : '[');
        for (var i = 0; i < Items.Count; i++)
        {
            if (i > 0)
                output.Append(map && i % 2 == 0 ? ", " : " ");
            Items[i].Write(output);
        }
        output.Append(map ? '}' : ']');
    }

    private int ComputeHash()
    {
        var value = 14695981039346656037UL ^ (ulong)Kind;
        value = (value ^ (ulong)number) * 1099511628211UL;
        foreach (var c in text)
            value = (value ^ c) * 1099511628211UL;
        for (var i = 0; i < Items.Count; i++)
            value = (value ^ (uint)Items[i].hash) * 1099511628211UL;
        return (int)(value ^ (value >> 32));
    }
}
