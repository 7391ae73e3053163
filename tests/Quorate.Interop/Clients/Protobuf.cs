using System.Text;

namespace Quorate.Interop.Clients;

/// <summary>The little of protobuf's encoding that these messages need, written apart from the server's.</summary>
internal static class Protobuf
{
    private const int VarintKind = 0;
    private const int BytesKind = 2;

    /// <summary>A field of bytes: tag, length, content.</summary>
    public static byte[] Bytes(int field, string value)
    {
        var content = Encoding.UTF8.GetBytes(value);
        return [(byte)((field << 3) | BytesKind), .. Varint((ulong)content.Length), .. content];
    }

    /// <summary>The content of the first field of this number that holds bytes, or null.</summary>
    public static byte[]? Field(byte[] message, int wanted)
    {
        foreach (var (field, _, content) in Fields(message))
        {
            if (field == wanted && content is not null)
                return content;
        }
        return null;
    }

    /// <summary>The number in the first field of this number, or null.</summary>
    public static ulong? Number(byte[] message, int wanted)
    {
        foreach (var (field, number, content) in Fields(message))
        {
            if (field == wanted && content is null)
                return number;
        }
        return null;
    }

    /// <summary>The contents of a repeated field, in order.</summary>
    public static IEnumerable<byte[]> All(byte[] message, int wanted) =>
        Fields(message).Where(field => field.Field == wanted && field.Content is not null).Select(field => field.Content!);

    private static IEnumerable<(int Field, ulong Number, byte[]? Content)> Fields(byte[] message)
    {
        for (var at = 0; at < message.Length;)
        {
            var tag = Read(message, ref at);
            var number = Read(message, ref at);
            var kind = (int)(tag & 7);
            Assert.True(kind is VarintKind or BytesKind, $"a field of kind {kind}");
            if (kind == VarintKind)
            {
                yield return ((int)(tag >> 3), number, null);
                continue;
            }
            yield return ((int)(tag >> 3), 0, message[at..(at + (int)number)]);
            at += (int)number;
        }
    }

    private static List<byte> Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value > 127; value >>= 7)
            bytes.Add((byte)((value & 127) | 128));
        bytes.Add((byte)value);
        return bytes;
    }

    private static ulong Read(byte[] message, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = message[at++];
            value |= (ulong)(b & 127) << shift;
            if (b < 128)
                return value;
        }
    }
}
