using System.Globalization;
using System.Text;

namespace Quorate.Checking.Histories.Formats;

/// <summary>Parses values of JSON. Source: RFC 8259.</summary>
internal sealed class JsonParser(TextCursor cursor, int depthMax)
{
    private int depth;

    public void SkipBlank()
    {
        while (cursor.Current is ' ' or '\t' or '\n' or '\r')
            cursor.Position++;
    }

    public HistoryValue ReadValue()
    {
        SkipBlank();
        if (cursor.AtEnd)
            throw cursor.Error("the text ends where a value should be");
        return cursor.Current switch
        {
            '"' => HistoryValue.Of(ReadText()),
            '[' => ReadArray(),
            '{' => ReadObject(),
            '-' or (>= '0' and <= '9') => ReadNumber(),
            _ => ReadWord(),
        };
    }

    /// <summary>Takes a comma (true) or the closing bracket (false).</summary>
    public bool TakeCommaOr(char close)
    {
        SkipBlank();
        if (cursor.Current != ',' && cursor.Current != close || cursor.AtEnd)
            throw cursor.Error($"{cursor.Shown()} where ',' or '{close}' should be");
        return cursor.Take() == ',';
    }

    private HistoryValue ReadArray()
    {
        Enter();
        var items = new List<HistoryValue>();
        if (!TakeEmpty(']'))
        {
            do
                items.Add(ReadValue());
            while (TakeCommaOr(']'));
        }
        depth--;
        return HistoryValue.List(items);
    }

    private HistoryValue ReadObject()
    {
        Enter();
        var items = new List<HistoryValue>();
        if (!TakeEmpty('}'))
        {
            do
            {
                SkipBlank();
                if (cursor.Current != '"')
                    throw cursor.Error($"{cursor.Shown()} where the name of a field should be");
                items.Add(HistoryValue.Of(ReadText()));
                SkipBlank();
                if (cursor.Current != ':')
                    throw cursor.Error($"{cursor.Shown()} where ':' should be");
                cursor.Position++;
                items.Add(ReadValue());
            }
            while (TakeCommaOr('}'));
        }
        depth--;
        return HistoryValue.Map(items);
    }

    private void Enter()
    {
        if (++depth > depthMax)
            throw cursor.Error($"values nest deeper than {depthMax}");
        cursor.Position++;
    }

    private bool TakeEmpty(char close)
    {
        SkipBlank();
        if (cursor.Current != close || cursor.AtEnd)
            return false;
        cursor.Position++;
        return true;
    }

    private HistoryValue ReadNumber()
    {
        var start = cursor.Position;
        while (char.IsAsciiDigit(cursor.Current) || cursor.Current is '-' or '+' or '.' or 'e' or 'E')
            cursor.Position++;
        var token = cursor.Text.AsSpan(start, cursor.Position - start);
        if (long.TryParse(token, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return HistoryValue.Of(whole);
        if (double.TryParse(token, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real))
            return HistoryValue.Of(real);
        throw cursor.Error($"'{token[..Math.Min(token.Length, 40)]}' is not a number", start);
    }

    private HistoryValue ReadWord()
    {
        var start = cursor.Position;
        while (char.IsAsciiLetter(cursor.Current))
            cursor.Position++;
        return cursor.Text.AsSpan(start, cursor.Position - start) switch
        {
            "null" => HistoryValue.Nil,
            "true" => HistoryValue.True,
            "false" => HistoryValue.False,
            _ => throw cursor.Error($"'{cursor.Text[start]}' where a value should be", start),
        };
    }

    private string ReadText()
    {
        var start = cursor.Position++;
        var text = new StringBuilder();
        while (true)
        {
            if (cursor.AtEnd)
                throw cursor.Error("the text ends before the '\"' that this needs", start);
            var c = cursor.Take();
            if (c == '"')
                return text.ToString();
            if (c < ' ')
                throw cursor.Error("a control character in a text must be escaped", cursor.Position - 1);
            text.Append(c == '\\' ? Escapes.Read(cursor) : c);
        }
    }
}
