namespace Quorate.Checking.Histories.Formats;

/// <summary>A place in a text, with the line and column of it for errors.</summary>
internal sealed class TextCursor(string text, int position, int end)
{
    private int countedLine = 1;
    private int countedTo;

    public TextCursor(string text)
        : this(text, 0, text.Length)
    {
    }

    public string Text { get; } = text;

    public int Position { get; set; } = position;

    public int End { get; private set; } = end;

    public bool AtEnd => Position >= End;

    /// <summary>The character here, or a zero at the end.</summary>
    public char Current => Position < End ? Text[Position] : '\0';

    /// <summary>Goes to another part of the same text.</summary>
    public void MoveTo(int start, int end) => (Position, End) = (start, end);

    public char Ahead(int count) => Position + count < End ? Text[Position + count] : '\0';

    public char Take() => Text[Position++];

    /// <summary>The line of a place; cheap when places grow.</summary>
    public int LineOf(int place)
    {
        if (place < countedTo)
            (countedLine, countedTo) = (1, 0);
        countedLine += Text.AsSpan(countedTo, place - countedTo).Count('\n');
        countedTo = place;
        return countedLine;
    }

    public HistoryFormatException Error(string message, int place)
    {
        var column = place - (place == 0 ? -1 : Text.LastIndexOf('\n', place - 1));
        return new HistoryFormatException(message, LineOf(place), column);
    }

    public HistoryFormatException Error(string message) => Error(message, Math.Min(Position, End));

    /// <summary>The character here as an error shows it.</summary>
    public string Shown() => AtEnd ? "the end" : char.IsControl(Current) ? $"character {(int)Current}" : $"'{Current}'";
}
