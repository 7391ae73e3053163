using System.Globalization;

namespace Quorate.Checking.Histories.Formats;

/// <summary>The escapes that EDN and JSON share.</summary>
internal static class Escapes
{
    /// <summary>Reads what follows a backslash.</summary>
    public static char Read(TextCursor cursor)
    {
        var place = cursor.Position - 1;
        if (cursor.AtEnd)
            throw cursor.Error("the text ends in an escape", place);
        return cursor.Take() switch
        {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\b',
            'f' => '\f',
            '"' => '"',
            '\\' => '\\',
            '/' => '/',
            'u' => ReadUnicode(cursor, place),
            var c => throw cursor.Error($"there is no escape '\\{c}'", place),
        };
    }

    /// <summary>Reads the four digits after <c>\u</c>.</summary>
    public static char ReadUnicode(TextCursor cursor, int place)
    {
        if (cursor.Position + 4 > cursor.End
            || !ushort.TryParse(
                cursor.Text.AsSpan(cursor.Position, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            throw cursor.Error("an escape '\\u' needs four hexadecimal digits", place);
        cursor.Position += 4;
        return (char)code;
    }
}
