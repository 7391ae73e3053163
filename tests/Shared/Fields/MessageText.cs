using System.Globalization;
using System.Text;

namespace Shared.Fields;

/// <summary>
/// Protobuf messages as text, right or wrong: <c>1="key\00" 3=-1 2={1=5} 1=*100 129x(3={})</c> and <c>#0a05</c> for bytes as they are.
/// <c>N=*100</c> is a field of 100 bytes, <c>129x(…)</c> repeats, a text takes <c>\xx</c> for a byte.
/// </summary>
internal sealed class MessageText
{
    private const int VarintKind = 0;
    private const int BytesKind = 2;
    private readonly string text;
    private int at;

    private MessageText(string text) => this.text = text;

    public static byte[] Read(string text)
    {
        var reader = new MessageText(text);
        var message = reader.Message();
        return reader.at == text.Length ? message : throw reader.Wrong();
    }

    private byte[] Message()
    {
        var bytes = new List<byte>();
        for (Skip(); at < text.Length && text[at] is not ('}' or ')'); Skip())
            bytes.AddRange(text[at] == '#' ? Raw() : Field());
        return [.. bytes];
    }

    private byte[] Raw()
    {
        var end = text.IndexOfAny([' ', '}', ')'], at);
        var hex = text[(at + 1)..(end < 0 ? text.Length : end)];
        at += 1 + hex.Length;
        return Convert.FromHexString(hex);
    }

    private byte[] Field()
    {
        var number = (int)Number();
        if (Take('x'))
        {
            Expect('(');
            var part = Message();
            Expect(')');
            return [.. Enumerable.Repeat(part, number).SelectMany(p => p)];
        }

        Expect('=');
        if (text[at] is '-' or (>= '0' and <= '9'))
            return [.. Varint(Tag(number, VarintKind)), .. Varint((ulong)Number())];
        var content = Content();
        return [.. Varint(Tag(number, BytesKind)), .. Varint((ulong)content.Length), .. content];
    }

    private byte[] Content()
    {
        if (Take('*'))
            return [.. Enumerable.Repeat((byte)'x', (int)Number())];
        if (Take('{'))
        {
            var message = Message();
            Expect('}');
            return message;
        }

        Expect('"');
        var bytes = new List<byte>();
        while (!Take('"'))
        {
            if (!Take('\\'))
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(text[at..++at]));
                continue;
            }

            bytes.Add(byte.Parse(text.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            at += 2;
        }

        return [.. bytes];
    }

    private long Number()
    {
        var from = at;
        while (at < text.Length && text[at] is '-' or (>= '0' and <= '9'))
            at++;
        return long.TryParse(text.AsSpan(from, at - from), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number : throw Wrong();
    }

    private static ulong Tag(int field, int kind) => ((ulong)field << 3) | (uint)kind;

    private static List<byte> Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value > 127; value >>= 7)
            bytes.Add((byte)((value & 127) | 128));
        bytes.Add((byte)value);
        return bytes;
    }

    private bool Take(char c)
    {
        if (at >= text.Length || text[at] != c)
            return false;
        at++;
        return true;
    }

    private void Expect(char c)
    {
        if (!Take(c))
            throw Wrong();
    }

    private void Skip()
    {
        while (Take(' '))
        {
        }
    }

    private FormatException Wrong() => new($"at character {at}: {text}");
}
