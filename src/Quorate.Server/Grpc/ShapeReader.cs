namespace Quorate.Server.Grpc;

/// <summary>How the value of a field is written. Source: protobuf's encoding guide, "Message Structure".</summary>
internal enum WireType
{
    /// <summary>A number of up to ten bytes.</summary>
    Varint = 0,

    /// <summary>Eight bytes.</summary>
    Fixed64 = 1,

    /// <summary>A length and as many bytes.</summary>
    Bytes = 2,

    /// <summary>The begin of fields up to the group's end.</summary>
    StartGroup = 3,

    /// <summary>The end of a group.</summary>
    EndGroup = 4,

    /// <summary>Four bytes.</summary>
    Fixed32 = 5,
}

/// <summary>Reads the shape of a message: tags, numbers and lengths.</summary>
/// <remarks>Source: the code that gogo/protobuf 1.2 generates for etcd 3.4, its function skipRpc among it.</remarks>
internal ref struct ShapeReader(ReadOnlySpan<byte> message)
{
    private const int VarintBitsMax = 64;
    private ReadOnlySpan<byte> rest = message;

    /// <summary>Whether everything was read.</summary>
    public readonly bool IsAtEnd => rest.IsEmpty;

    /// <summary>The error of bytes that are no message.</summary>
    /// <param name="text">What is wrong.</param>
    public static MalformedMessageException Malformed(string text) => new(text);

    /// <summary>Reads a number; bits beyond the 64th are dropped.</summary>
    public ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            if (shift >= VarintBitsMax)
                throw Malformed("proto: integer overflow");
            if (rest.IsEmpty)
                throw Ended();
            var b = rest[0];
            rest = rest[1..];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                return value;
        }
    }

    /// <summary>Reads a length and gives what it counts.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        var length = (long)Varint();
        if (length < 0)
            throw Malformed("proto: negative length found during unmarshaling");
        return Take(length);
    }

    /// <summary>Passes over the value of a field that is not known.</summary>
    /// <param name="wireType">How it is written.</param>
    /// <param name="depth">How many groups within groups are followed.</param>
    public void Skip(WireType wireType, int depth)
    {
        switch (wireType)
        {
            case WireType.Varint:
                Varint();
                break;
            case WireType.Fixed64:
                Take(sizeof(ulong));
                break;
            case WireType.Bytes:
                Bytes();
                break;
            case WireType.StartGroup:
                SkipGroup(depth);
                break;
            case WireType.EndGroup:
                break;
            case WireType.Fixed32:
                Take(sizeof(uint));
                break;
            default:
                throw Malformed($"proto: illegal wireType {(int)wireType}");
        }
    }

    private void SkipGroup(int depth)
    {
        if (depth <= 1)
            throw Malformed("proto: groups are nested too deeply");
        while ((WireType)(Varint() & 7) is var inner && inner != WireType.EndGroup)
            Skip(inner, depth - 1);
    }

    private ReadOnlySpan<byte> Take(long count)
    {
        if (count > rest.Length)
            throw Ended();
        var taken = rest[..(int)count];
        rest = rest[(int)count..];
        return taken;
    }

    private static MalformedMessageException Ended() => Malformed("unexpected EOF");
}
