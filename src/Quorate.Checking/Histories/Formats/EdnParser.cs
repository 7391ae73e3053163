using System.Globalization;
using System.Text;

namespace Quorate.Checking.Histories.Formats;

/// <summary>Parses values of EDN. Tags are passed over: a tagged value counts as the value. Source: github.com/edn-format/edn.</summary>
internal sealed class EdnParser(TextCursor cursor, int depthMax)
{
    private int depth;

    /// <summary>Passes over blanks, commas, comments and discarded values.</summary>
    public void SkipBlank()
    {
        var (text, end) = (cursor.Text, cursor.End);
        while (true)
        {
            var place = cursor.Position;
            while (place < end && (text[place] == ',' || char.IsWhiteSpace(text[place])))
                place++;
            cursor.Position = place;
            if (cursor.Current == ';')
                SkipComment();
            else if (cursor.Current == '#' && cursor.Ahead(1) == '_')
                Discard();
            else
                return;
        }
    }

    public HistoryValue ReadValue()
    {
        SkipBlank();
        if (cursor.AtEnd)
            throw cursor.Error("the text ends where a value should be");
        return cursor.Current switch
        {
            '"' => HistoryValue.Of(ReadText()),
            ':' => ReadKeyword(),
            '\\' => ReadCharacter(),
            '[' => HistoryValue.List(ReadItems(']')),
            '(' => HistoryValue.List(ReadItems(')')),
            '{' => ReadMap(),
            '#' => ReadHash(),
            _ => ReadAtom(),
        };
    }

    private void SkipComment()
    {
        while (!cursor.AtEnd && cursor.Current != '\n')
            cursor.Position++;
    }

    private void Discard()
    {
        Enter(cursor.Position);
        cursor.Position += 2;
        ReadValue();
        depth--;
    }

    private List<HistoryValue> ReadItems(char close)
    {
        var start = cursor.Position++;
        Enter(start);
        var items = new List<HistoryValue>();
        for (SkipBlank(); cursor.Current != close; SkipBlank())
        {
            if (cursor.AtEnd)
                throw cursor.Error($"the text ends before the '{close}' that this needs", start);
            items.Add(ReadValue());
        }
        cursor.Position++;
        depth--;
        return items;
    }

    private void Enter(int start)
    {
        if (++depth > depthMax)
            throw cursor.Error($"values nest deeper than {depthMax}", start);
    }

    private HistoryValue ReadMap()
    {
        var start = cursor.Position;
        var items = ReadItems('}');
        return items.Count % 2 == 0 ? HistoryValue.Map(items) : throw cursor.Error("a map needs a value for each key", start);
    }

    private HistoryValue ReadHash()
    {
        if (cursor.Ahead(1) == '{')
        {
            cursor.Position++;
            return HistoryValue.List(ReadItems('}'));
        }
        var start = cursor.Position++;
        if (ReadToken().Length == 0)
            throw cursor.Error("a '#' needs a tag, a set or a discarded value", start);
        Enter(start);
        var value = ReadValue();
        depth--;
        return value;
    }

    private HistoryValue ReadKeyword()
    {
        var start = cursor.Position++;
        var name = ReadToken();
        return name.Length > 0 ? HistoryValue.Keyword(name.ToString()) : throw cursor.Error("a keyword needs a name", start);
    }

    private HistoryValue ReadCharacter()
    {
        var start = cursor.Position++;
        if (cursor.AtEnd)
            throw cursor.Error("the text ends in a character", start);
        var first = cursor.Take();
        var rest = ReadToken();
        return HistoryValue.Of(rest.IsEmpty ? first.ToString() : $"{first}{rest}" switch
        {
            "newline" => "\n",
            "space" => " ",
            "tab" => "\t",
            "return" => "\r",
            var name => throw cursor.Error($"there is no character '\\{name}'", start),
        });
    }

    private ReadOnlySpan<char> ReadToken()
    {
        var (text, start, end) = (cursor.Text, cursor.Position, cursor.End);
        var place = start;
        while (place < end && !IsDelimiter(text[place]))
            place++;
        cursor.Position = place;
        return text.AsSpan(start, place - start);
    }

    private static bool IsDelimiter(char c) => char.IsWhiteSpace(c) || c is ',' or ';' or '"' or '(' or ')' or '[' or ']' or '{' or '}';

    private HistoryValue ReadAtom()
    {
        var start = cursor.Position;
        var token = ReadToken();
        if (token.IsEmpty)
            throw cursor.Error($"{cursor.Shown()} where a value should be", start);
        var first = token[0] is '+' or '-' && token.Length > 1 ? token[1] : token[0];
        if (char.IsAsciiDigit(first))
            return ReadNumber(token, start);
        return token switch
        {
            "nil" => HistoryValue.Nil,
            "true" => HistoryValue.True,
            "false" => HistoryValue.False,
            _ => HistoryValue.Keyword(token.ToString()),
        };
    }

    private HistoryValue ReadNumber(ReadOnlySpan<char> token, int start)
    {
        var digits = token[^1] is 'N' or 'M' ? token[..^1] : token;
        if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return HistoryValue.Of(whole);
        if (double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real))
            return HistoryValue.Of(real);
        throw cursor.Error($"'{token[..Math.Min(token.Length, 40)]}' is not a number", start);
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
            text.Append(c == '\\' ? Escapes.Read(cursor) : c);
        }
    }
}
