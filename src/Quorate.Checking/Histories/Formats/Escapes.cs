using System.Globalization;

namespace Quorate.Checking.Histories.Formats;

/// <summary>The escape that EDN and JSON share.</summary>
internal static class Escapes
{
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
