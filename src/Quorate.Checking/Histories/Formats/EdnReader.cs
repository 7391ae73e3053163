namespace Quorate.Checking.Histories.Formats;

/// <summary>Reads a history in EDN: a vector or list of maps, or maps one after another.</summary>
internal static class EdnReader
{
    public static IReadOnlyList<HistoryEvent> Read(string text, HistoryLimits limits)
    {
        var cursor = new TextCursor(text);
        var parser = new EdnParser(cursor, limits.DepthMax);
        var events = new EventList(cursor, limits);
        parser.SkipBlank();
        if (cursor.Current is '[' or '(')
            ReadList(cursor, parser, events);
        else
            ReadSequence(cursor, parser, events);
        return events.Events;
    }

    private static void ReadSequence(TextCursor cursor, EdnParser parser, EventList events)
    {
        while (!cursor.AtEnd)
        {
            ReadEvent(cursor, parser, events);
            parser.SkipBlank();
        }
    }

    private static void ReadList(TextCursor cursor, EdnParser parser, EventList events)
    {
        var close = cursor.Take() == '[' ? ']' : ')';
        for (parser.SkipBlank(); cursor.Current != close; parser.SkipBlank())
        {
            if (cursor.AtEnd)
                throw cursor.Error($"the text ends before the '{close}' of the list of events");
            ReadEvent(cursor, parser, events);
        }
        cursor.Take();
        parser.SkipBlank();
        if (!cursor.AtEnd)
            throw cursor.Error($"{cursor.Shown()} after the list of events");
    }

    private static void ReadEvent(TextCursor cursor, EdnParser parser, EventList events)
    {
        var place = cursor.Position;
        events.Add(EventFields.ToEvent(parser.ReadValue(), cursor, place), place);
    }
}
