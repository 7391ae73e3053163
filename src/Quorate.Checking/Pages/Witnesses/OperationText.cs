using System.Text;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Pages.Witnesses;

/// <summary>An operation in words: short on its bar, whole in its detail.</summary>
internal static class OperationText
{
    private const int LabelMax = 80;
    private const int KeysMax = 32;

    public static string Label(HistoryEvent begin, HistoryEvent? end)
    {
        var text = new StringBuilder(begin.Function);
        if (begin.Key is { } key)
            text.Append(' ').Append(Plain(key));
        var output = end?.Type == HistoryEventType.Ok ? end.Value : HistoryValue.Nil;
        var isQuestion = begin.Value.IsNil || IsList(begin.Value) && IsList(output);
        if (!begin.Value.IsNil && !(isQuestion && !output.IsNil))
            text.Append(' ').Append(Plain(begin.Value));
        if (end?.Type == HistoryEventType.Ok && (isQuestion || !output.Equals(begin.Value)))
            text.Append(IsList(begin.Value) ? " " : " → ").Append(Plain(output));
        return text.Length <= LabelMax ? text.ToString() : $"{text.ToString(0, LabelMax - 1)}…";
    }

    public static string Detail(HistoryEvent begin, HistoryEvent? end)
    {
        var text = new StringBuilder(begin.Function);
        if (begin.Key is { } key)
            text.Append(' ').Append(key);
        text.Append(' ').Append(begin.Value);
        text.Append(end?.Type switch
        {
            HistoryEventType.Ok => $" → {end.Value}",
            HistoryEventType.Fail => " failed",
            _ => " has no known end",
        });
        if (end?.Error is { } error)
            text.Append(" (").Append(error).Append(')');
        if (begin.Line > 0)
            text.Append(FormattableString.Invariant($", line {begin.Line}"));
        return text.ToString();
    }

    /// <summary>The operation's key, or the keys of its parts, each of which is a list of what is done, to which key, with what.</summary>
    public static IReadOnlyList<string> Keys(HistoryEvent begin)
    {
        if (begin.Key is { } key)
            return [Plain(key)];
        if (!IsList(begin.Value))
            return [];
        var keys = new List<string>();
        foreach (var part in begin.Value.Items)
        {
            if (!IsList(part) || part.Items.Count < 2 || part.Items[0].AsText() is null || keys.Count == KeysMax)
                continue;
            var name = Plain(part.Items[1]);
            if (!keys.Contains(name))
                keys.Add(name);
        }
        return keys;
    }

    private static bool IsList(HistoryValue value) => value.Kind == HistoryValueKind.List;

    private static string Plain(HistoryValue value)
    {
        if (value.AsText() is { } text)
            return text;
        if (!IsList(value))
            return value.ToString();
        var parts = value.Items.Select(i => IsList(i) ? string.Join(' ', i.Items.Select(Plain)) : Plain(i));
        return value.Items.Any(IsList) ? string.Join(", ", parts) : $"[{string.Join(' ', parts)}]";
    }
}
