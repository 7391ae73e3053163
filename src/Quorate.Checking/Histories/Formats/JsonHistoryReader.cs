namespace Quorate.Checking.Histories.Formats;

/// <summary>Reads a history in JSON: an array of objects, or objects one after another.</summary>
internal static class JsonHistoryReader
{
    public static IReadOnlyList<HistoryEvent> Read(string text, HistoryLimits limits)
    {
        var cursor = new TextCursor(text);
        var parser = new JsonParser(cursor, limits.DepthMax);
        var events = new EventList(cursor, limits);
        parser.SkipBlank();
        if (cursor.Current == '[')
            ReadArray(cursor, parser, events);
        else
            for (; !cursor.AtEnd; parser.SkipBlank())
                ReadEvent(cursor, parser, events);
        return events.Events;
    }

    private static void ReadArray(TextCursor cursor, JsonParser parser, EventList events)
    {
        cursor.Take();
        parser.SkipBlank();
        if (cursor.Current == ']')
        {
            cursor.Take();
        }
        else
        {
            do
            {
                parser.SkipBlank();
                ReadEvent(cursor, parser, events);
                parser.SkipBlank();
            }
            while (parser.TakeCommaOr(']'));
        }
        parser.SkipBlank();
        if (!cursor.AtEnd)
            throw cursor.Error($"{cursor.Shown()} after the array of events");
    }

    private static void ReadEvent(TextCursor cursor, JsonParser parser, EventList events)
    {
        var place = cursor.Position;
        events.Add(EventFields.ToEvent(parser.ReadValue(), cursor, place), place);
    }
}
