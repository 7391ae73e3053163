using System.Buffers.Binary;
using Quorate.Kernel.Encoding;

namespace Quorate.Services.Dns.Wire;

/// <summary>Reads the pieces of a message from left to right. Whatever does not fit throws <see cref="MalformedInputException"/>.</summary>
internal ref struct WireCursor
{
    private const byte PointerBits = 0xc0;
    // A name of 127 labels can have as many pieces; nobody writes such, and each costs a jump for every record that ends in it.
    private const int PointersMax = 32;
    private readonly ReadOnlySpan<byte> message;

    /// <summary>Reads behind the header.</summary>
    /// <param name="message">The whole message: names point back into it.</param>
    public WireCursor(ReadOnlySpan<byte> message)
    {
        this.message = message;
        Position = DnsMessage.HeaderBytes;
    }

    /// <summary>What comes next.</summary>
    public int Position { get; private set; }

    /// <summary>Whether everything was read.</summary>
    public readonly bool AtEnd => Position == message.Length;

    /// <summary>Two bytes, the greater one first.</summary>
    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16BigEndian(ReadRaw(sizeof(ushort)));

    /// <summary>Four bytes, the greatest one first.</summary>
    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32BigEndian(ReadRaw(sizeof(uint)));

    /// <summary>So many bytes.</summary>
    /// <param name="count">How many.</param>
    public ReadOnlySpan<byte> ReadRaw(int count)
    {
        if (count > message.Length - Position)
            throw new MalformedInputException($"{count} bytes are wanted at {Position}, and {message.Length - Position} are left");
        var bytes = message.Slice(Position, count);
        Position += count;
        return bytes;
    }

    /// <summary>
    /// A name, whose end may be a pointer to an earlier one. Each pointer must lead to before the piece that it ends, so that there is an end.
    /// </summary>
    public DomainName ReadName()
    {
        Span<byte> name = stackalloc byte[DomainName.WireBytesMax];
        var (length, at, limit, end, pointers) = (0, Position, Position, -1, 0);
        while (true)
        {
            var size = At(at);
            if (size == 0)
                break;
            switch (size & PointerBits)
            {
                case 0:
                    if (length + size + 2 > DomainName.WireBytesMax)
                        throw new MalformedInputException($"the name at {Position} is longer than {DomainName.WireBytesMax} bytes");
                    Piece(at, size + 1).CopyTo(name[length..]);
                    length += size + 1;
                    at += size + 1;
                    break;
                case PointerBits:
                    var target = ((size & ~PointerBits) << 8) | At(at + 1);
                    if (target >= limit || target < DnsMessage.HeaderBytes || ++pointers > PointersMax)
                        throw new MalformedInputException($"the pointer at {at} leads to {target}, which is not before its name, or is one too many");
                    end = end < 0 ? at + 2 : end;
                    at = limit = target;
                    break;
                default:
                    throw new MalformedInputException($"{size} at {at} is no length of a label");
            }
        }

        name[length++] = 0;
        Position = end < 0 ? at + 1 : end;
        return DomainName.OfChecked(name[..length]);
    }

    private readonly byte At(int offset) =>
        offset < message.Length ? message[offset] : throw new MalformedInputException($"a name ends beyond the message's {message.Length} bytes");

    private readonly ReadOnlySpan<byte> Piece(int offset, int count) => count <= message.Length - offset
        ? message.Slice(offset, count)
        : throw new MalformedInputException($"a label ends beyond the message's {message.Length} bytes");
}
