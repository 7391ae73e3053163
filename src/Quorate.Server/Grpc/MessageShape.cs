using System.Buffers;
using System.Text.Unicode;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Quorate.Server.Grpc;

/// <summary>
/// What the bytes of a message may look like: each field with its wire type, lengths that are there. Messages are checked before they are parsed,
/// as our parser takes a field of the wrong wire type for one that it does not know and passes it over, and a client would never learn.
/// </summary>
/// <remarks>
/// Cost: a look at each tag, and no memory; a message in several pieces is copied first.
/// Source: the code that gogo/protobuf 1.2 generates for etcd 3.4 (etcdserverpb/rpc.pb.go), whose texts these are.
/// </remarks>
internal sealed class MessageShape
{
    // As deep as our parser goes: what is deeper is left to it to refuse.
    private const int DepthMax = 100;

    private readonly string name;
    private readonly Field?[] fields;

    private MessageShape(MessageDescriptor descriptor, Dictionary<string, MessageShape> known)
    {
        known.Add(descriptor.FullName, this);
        name = descriptor.Name;
        fields = new Field?[descriptor.Fields.InFieldNumberOrder().Select(field => field.FieldNumber).DefaultIfEmpty().Max() + 1];
        foreach (var field in descriptor.Fields.InFieldNumberOrder())
            fields[field.FieldNumber] = new Field(
                GoName(field.Name), WireTypeOf(field), IsPackable(field), field.FieldType == FieldType.String, ShapeOf(field, known));
    }

    /// <summary>The shape of a kind of message.</summary>
    /// <param name="descriptor">The kind.</param>
    public static MessageShape Of(MessageDescriptor descriptor) => new(descriptor, []);

    /// <summary>Checks the bytes of a message.</summary>
    /// <param name="message">The bytes.</param>
    /// <exception cref="MalformedMessageException">They are no such message; its text is etcd's.</exception>
    public void Check(ReadOnlySequence<byte> message)
    {
        if (message.IsSingleSegment)
        {
            Check(message.FirstSpan, DepthMax);
            return;
        }

        var whole = ArrayPool<byte>.Shared.Rent((int)message.Length);
        try
        {
            message.CopyTo(whole);
            Check(whole.AsSpan(0, (int)message.Length), DepthMax);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(whole);
        }
    }

    private void Check(ReadOnlySpan<byte> message, int depth)
    {
        var reader = new ShapeReader(message);
        while (!reader.IsAtEnd)
        {
            var tag = reader.Varint();
            var (number, wireType) = ((int)(tag >> 3), (WireType)(tag & 7));
            if (wireType == WireType.EndGroup)
                throw ShapeReader.Malformed($"proto: {name}: wiretype end group for non-group");
            if (number <= 0)
                throw ShapeReader.Malformed($"proto: {name}: illegal tag {number} (wire type {tag})");
            if (number < fields.Length && fields[number] is { } field)
                Check(ref reader, field, wireType, depth);
            else
                reader.Skip(wireType, depth);
        }
    }

    private static void Check(ref ShapeReader reader, Field field, WireType wireType, int depth)
    {
        if (wireType != field.WireType && !(field.IsPackable && wireType == WireType.Bytes))
            throw ShapeReader.Malformed($"proto: wrong wireType = {(int)wireType} for field {field.Name}");
        if (wireType == WireType.Varint)
        {
            reader.Varint();
            return;
        }

        var content = reader.Bytes();
        if (field.Shape is { } inner && depth > 1)
            inner.Check(content, depth - 1);
        // etcd takes any bytes for a name. Here names that are no text would become the same one: all of them are written as U+FFFD.
        if (field.IsText && !Utf8.IsValid(content))
            throw ShapeReader.Malformed($"proto: field {field.Name} contains invalid UTF-8");
        if (!field.IsPackable)
            return;
        for (var packed = new ShapeReader(content); !packed.IsAtEnd;)
            packed.Varint();
    }

    private static WireType WireTypeOf(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.String or FieldType.Bytes or FieldType.Message => WireType.Bytes,
        FieldType.Bool or FieldType.Enum or FieldType.Int32 or FieldType.Int64 or FieldType.UInt32 or FieldType.UInt64 => WireType.Varint,
        _ => throw new ArgumentException($"{field.FullName}: etcd's messages have no fields of type {field.FieldType}.", nameof(field)),
    };

    private static bool IsPackable(FieldDescriptor field) => field.IsRepeated && WireTypeOf(field) == WireType.Varint;

    private static MessageShape? ShapeOf(FieldDescriptor field, Dictionary<string, MessageShape> known)
    {
        if (field.FieldType != FieldType.Message)
            return null;
        return known.GetValueOrDefault(field.MessageType.FullName) ?? new MessageShape(field.MessageType, known);
    }

    // range_end is RangeEnd, peerURLs is PeerURLs.
    private static string GoName(string name) => string.Concat(name.Split('_').Select(part => char.ToUpperInvariant(part[0]) + part[1..]));

    private sealed record Field(string Name, WireType WireType, bool IsPackable, bool IsText, MessageShape? Shape);
}

/// <summary>The shape of the messages of one kind, made once.</summary>
/// <typeparam name="T">The kind.</typeparam>
internal static class MessageShape<T>
    where T : class, IMessage<T>
{
    /// <summary>The shape.</summary>
    public static MessageShape Value { get; } = MessageShape.Of(Activator.CreateInstance<T>().Descriptor);
}
