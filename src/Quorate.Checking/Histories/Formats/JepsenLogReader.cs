namespace Quorate.Checking.Histories.Formats;

/// <summary>
/// Reads what Jepsen logs: <c>INFO  jepsen.util - 3 :invoke :write 4</c>, fields parted by tabs or blanks. Lines that are no such event are
/// other people's and are passed over.
/// </summary>
internal static class JepsenLogReader
{
    private const string Logger = "jepsen.util";
    private const string Separator = " - ";

    public static IReadOnlyList<HistoryEvent> Read(string text, HistoryLimits limits)
    {
        var whole = new TextCursor(text);
        var line = new TextCursor(text);
        var values = new EdnParser(line, limits.DepthMax);
        var events = new EventList(whole, limits);
        var found = false;
        for (var start = 0; start < text.Length;)
        {
            var newline = text.IndexOf('\n', start);
            var end = newline < 0 ? text.Length : newline;
            if (BodyOf(text, start, end) is { } body)
            {
                found = true;
                line.MoveTo(body, end);
                events.Add(ReadEvent(whole, line, values), start);
            }
            start = end + 1;
        }
        if (!found && !text.AsSpan().Trim().IsEmpty)
            throw new HistoryFormatException("there is no event of a Jepsen log in the text", 1, 1);
        return events.Events;
    }

    /// <summary>Where the event of a line begins, or null when the line is no event.</summary>
    private static int? BodyOf(string text, int start, int end)
    {
        var line = text.AsSpan(start, end - start);
        var dash = line.IndexOf(Separator);
        if (dash < 0)
            return null;
        var body = start + dash + Separator.Length;
        var known = line[..dash].TrimEnd().EndsWith(Logger);
        return known || line[(dash + Separator.Length)..].IndexOf(":invoke\t") >= 0 ? body : null;
    }

    private static HistoryEvent? ReadEvent(TextCursor whole, TextCursor line, EdnParser values)
    {
        var body = line.Position;
        var process = Next(whole, line, values, "a process");
        var typePlace = line.Position;
        var typeName = Next(whole, line, values, "a type").AsText();
        var type = EventFields.TypeNamed(typeName)
            ?? throw whole.Error($"the type is '{typeName}', not :invoke, :ok, :fail or :info", typePlace);
        var function = Next(whole, line, values, "a function").AsText() ?? throw whole.Error("the function is not a keyword", typePlace);
        var value = Next(whole, line, values, "a value");
        if (process.AsInteger() is not { } number)
            return null;
        var error = type != HistoryEventType.Invoke && value.Kind == HistoryValueKind.Keyword ? value.AsText() : null;
        return new HistoryEvent(type, number, function, null, error is null ? value : HistoryValue.Nil, error, null, whole.LineOf(body));
    }

    private static HistoryValue Next(TextCursor whole, TextCursor line, EdnParser values, string what)
    {
        values.SkipBlank();
        return line.AtEnd ? throw whole.Error($"the line ends where {what} should be", line.End) : values.ReadValue();
    }
}
