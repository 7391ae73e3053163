using Quorate.Kernel.Encoding;

namespace Quorate.Services.Coordination.Commands;

/// <summary>Reads from memory, and gives byte strings as slices of it instead of copies.</summary>
internal ref struct SliceReader
{
    private readonly ReadOnlyMemory<byte> input;
    private ByteReader reader;

    /// <summary>Reads from the start of the input.</summary>
    /// <param name="input">The bytes.</param>
    public SliceReader(ReadOnlyMemory<byte> input)
    {
        this.input = input;
        reader = new ByteReader(input.Span);
    }

    /// <summary>Reads one byte.</summary>
    public byte ReadByte() => reader.ReadByte();

    /// <summary>Reads 0 or 1.</summary>
    public bool ReadBool() => reader.ReadBool();

    /// <summary>Reads a zigzag varint.</summary>
    public long ReadVarInt() => reader.ReadVarInt();

    /// <summary>Reads a varint.</summary>
    public ulong ReadVarUInt() => reader.ReadVarUInt();

    /// <summary>Reads how many things of at least some bytes follow.</summary>
    /// <param name="bytesEach">The smallest size of one.</param>
    public int ReadCount(int bytesEach = 1) => reader.ReadCount(bytesEach);

    /// <summary>Reads a text.</summary>
    public string ReadString() => reader.ReadString();

    /// <summary>Reads a length and that many bytes.</summary>
    public ReadOnlyMemory<byte> ReadSlice()
    {
        var length = reader.ReadBytes().Length;
        return input.Slice(reader.Position - length, length);
    }

    /// <summary>Reads a byte that must be below a bound.</summary>
    /// <param name="bound">The bound.</param>
    /// <param name="what">What the byte means, for the error.</param>
    public byte ReadBelow(int bound, string what)
    {
        var value = reader.ReadByte();
        return value < bound ? value : throw new MalformedInputException($"{value} is no {what}");
    }

    /// <summary>Refuses input with bytes left over.</summary>
    public readonly void ExpectEnd() => reader.ExpectEnd();
}
