using System.Buffers.Binary;

namespace Quorate.Kernel.Encoding;

/// <summary>
/// Reads what <see cref="ByteWriter"/> wrote. Input is never trusted: a read past the end, an overlong varint or a length beyond the
/// input throws <see cref="MalformedInputException"/>, before anything is allocated for it.
/// </summary>
public ref struct ByteReader
{
    private readonly ReadOnlySpan<byte> input;
    private int position;

    /// <summary>Reads from the start of the input.</summary>
    /// <param name="input">The bytes.</param>
    public ByteReader(ReadOnlySpan<byte> input) => this.input = input;

    /// <summary>How many bytes were read.</summary>
    public readonly int Position => position;

    /// <summary>How many bytes are left.</summary>
    public readonly int Remaining => input.Length - position;

    /// <summary>Whether everything was read.</summary>
    public readonly bool AtEnd => Remaining == 0;

    /// <summary>Reads one byte.</summary>
    public byte ReadByte() => ReadRaw(1)[0];

    /// <summary>Reads 0 or 1; anything else is malformed.</summary>
    public bool ReadBool() => ReadByte() switch
    {
        0 => false,
        1 => true,
        var other => throw new MalformedInputException($"{other} is not a truth value"),
    };

    /// <summary>Reads four bytes, little-endian.</summary>
    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadRaw(sizeof(uint)));

    /// <summary>Reads eight bytes, little-endian.</summary>
    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(ReadRaw(sizeof(ulong)));

    /// <summary>Reads an unsigned LEB128 varint.</summary>
    public ulong ReadVarUInt()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var b = ReadByte();
            if (shift == 63 && b > 1)
                break;
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                return value;
        }

        throw new MalformedInputException("a varint is longer than 64 bits");
    }

    /// <summary>Reads a zigzag varint.</summary>
    public long ReadVarInt()
    {
        var raw = ReadVarUInt();
        return (long)(raw >> 1) ^ -(long)(raw & 1);
    }

    /// <summary>Reads a varint that counts things of at least <paramref name="bytesEach"/> bytes, and refuses more than the input can hold.</summary>
    /// <param name="bytesEach">The smallest size of one thing, in bytes; at least 1.</param>
    public int ReadCount(int bytesEach = 1)
    {
        var count = ReadVarUInt();
        if (count > (ulong)(Remaining / bytesEach))
            throw new MalformedInputException($"{count} things are announced, and {Remaining} bytes are left");
        return (int)count;
    }

    /// <summary>Reads a length and that many bytes; the span points into the input.</summary>
    public ReadOnlySpan<byte> ReadBytes() => ReadRaw(ReadCount());

    /// <summary>Reads a length and that many bytes of UTF-8.</summary>
    public string ReadString() => System.Text.Encoding.UTF8.GetString(ReadBytes());

    /// <summary>Reads this many bytes; the span points into the input.</summary>
    /// <param name="count">How many.</param>
    public ReadOnlySpan<byte> ReadRaw(int count)
    {
        if ((uint)count > (uint)Remaining)
            throw new MalformedInputException($"{count} bytes are wanted, and {Remaining} are left");
        var bytes = input.Slice(position, count);
        position += count;
        return bytes;
    }

    /// <summary>Refuses input with bytes left over.</summary>
    public readonly void ExpectEnd()
    {
        if (!AtEnd)
            throw new MalformedInputException($"{Remaining} bytes are left over");
    }
}
