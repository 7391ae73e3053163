using System.Buffers;
using System.Text;
using System.Text.Json;
using Google.Protobuf;

namespace Quorate.Server.Etcd.Gateway;

/// <summary>Messages as JSON, by the rules of etcd's gateway.</summary>
/// <remarks>
/// Source: grpc-gateway 1.9 with original field names: bytes in base64, numbers of 64 bits as strings, enums by name, fields of their zero value
/// left out; unknown fields of a request are passed over.
/// </remarks>
internal static class JsonText
{
    // As deep as protobuf's own readers go by default.
    private const int DepthMax = 100;
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true));
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    /// <summary>Takes one value off the front of a body.</summary>
    /// <param name="buffer">What has arrived; shortened by the value when there was a whole one.</param>
    /// <param name="isWhole">Whether nothing more will arrive.</param>
    /// <param name="value">The value's text.</param>
    /// <returns>Whether the buffer began with a whole value.</returns>
    /// <exception cref="GrpcException">It is no JSON.</exception>
    public static bool TryTake(ref ReadOnlySequence<byte> buffer, bool isWhole, out string value)
    {
        value = "";
        var options = new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = DepthMax };
        var reader = new Utf8JsonReader(buffer, isWhole, new JsonReaderState(options));
        try
        {
            if (!reader.Read() || !reader.TrySkip())
                return false;
        }
        catch (JsonException e)
        {
            throw Malformed(e.Message);
        }

        value = Encoding.UTF8.GetString(buffer.Slice(0, reader.Position));
        buffer = buffer.Slice(reader.Position);
        return true;
    }

    /// <summary>Reads a message.</summary>
    /// <param name="json">Its text.</param>
    /// <param name="parser">Makes an empty one.</param>
    /// <exception cref="GrpcException">The text does not fit the message.</exception>
    public static T Parse<T>(string json, MessageParser<T> parser)
        where T : class, IMessage<T>
    {
        try
        {
            return (T)Parser.Parse(json, Descriptor(parser));
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidJsonException or FormatException or OverflowException)
        {
            throw Malformed(e.Message);
        }
    }

    /// <summary>Writes a message, without spaces.</summary>
    /// <param name="message">The message.</param>
    /// <param name="output">Where to.</param>
    public static void Write(IMessage message, IBufferWriter<byte> output)
    {
        var text = Formatter.Format(message);
        var bytes = Encoding.UTF8.GetBytes(text);
        output.Write(bytes.AsSpan(0, Compact(bytes)));
    }

    private static Google.Protobuf.Reflection.MessageDescriptor Descriptor<T>(MessageParser<T> parser)
        where T : class, IMessage<T> => parser.ParseFrom(ReadOnlySpan<byte>.Empty).Descriptor;

    /// <summary>Takes the spaces out that are not within a text.</summary>
    /// <returns>How many bytes are left.</returns>
    private static int Compact(Span<byte> json)
    {
        var (to, isText) = (0, false);
        for (var from = 0; from < json.Length; from++)
        {
            var b = json[from];
            if (b == ' ' && !isText)
                continue;
            json[to++] = b;
            if (b == '\\' && isText)
                json[to++] = json[++from];
            else if (b == '"')
                isText = !isText;
        }

        return to;
    }

    private static GrpcException Malformed(string why) => new(GrpcCode.InvalidArgument, $"malformed JSON: {why}");
}
