using System.Buffers;
using System.Buffers.Binary;

namespace Quorate.Kernel.Encoding;

/// <summary>Writes the project's binary forms into a buffer that grows: little-endian numbers, LEB128 varints, length-prefixed bytes.</summary>
/// <remarks>Not safe for two threads. <see cref="Clear"/> keeps the buffer, so that one writer serves many messages.</remarks>
public sealed class ByteWriter : IBufferWriter<byte>
{
    private byte[] buffer;
    private int length;

    /// <summary>Creates an empty writer.</summary>
    /// <param name="capacity">Bytes to start with.</param>
    public ByteWriter(int capacity = 256) => buffer = new byte[Math.Max(capacity, 16)];

    /// <summary>How many bytes were written.</summary>
    public int Length => length;

    /// <summary>What was written; valid until the next write or <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> WrittenSpan => buffer.AsSpan(0, length);

    /// <summary>What was written; valid until the next write or <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => buffer.AsMemory(0, length);

    /// <summary>A copy of what was written.</summary>
    public byte[] ToArray() => WrittenSpan.ToArray();

    /// <summary>Forgets what was written and keeps the buffer.</summary>
    public void Clear() => length = 0;

    /// <summary>Writes one byte.</summary>
    /// <param name="value">The byte.</param>
    public void WriteByte(byte value)
    {
        Reserve(1);
        buffer[length++] = value;
    }

    /// <summary>Writes 0 or 1.</summary>
    /// <param name="value">The truth.</param>
    public void WriteBool(bool value) => WriteByte(value ? (byte)1 : (byte)0);

    /// <summary>Writes four bytes, little-endian.</summary>
    /// <param name="value">The number.</param>
    public void WriteUInt32(uint value)
    {
        Reserve(sizeof(uint));
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.AsSpan(length), value);
        length += sizeof(uint);
    }

    /// <summary>Writes eight bytes, little-endian.</summary>
    /// <param name="value">The number.</param>
    public void WriteUInt64(ulong value)
    {
        Reserve(sizeof(ulong));
        BinaryPrimitives.WriteUInt64LittleEndian(buffer.AsSpan(length), value);
        length += sizeof(ulong);
    }

    /// <summary>Writes an unsigned LEB128 varint: one to ten bytes.</summary>
    /// <param name="value">The number.</param>
    public void WriteVarUInt(ulong value)
    {
        Reserve(10);
        while (value >= 0x80)
        {
            buffer[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        buffer[length++] = (byte)value;
    }

    /// <summary>Writes a signed number as a zigzag varint: one to ten bytes, few for numbers near zero.</summary>
    /// <param name="value">The number.</param>
    public void WriteVarInt(long value) => WriteVarUInt((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Writes a length as a varint, then the bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        WriteVarUInt((ulong)bytes.Length);
        WriteRaw(bytes);
    }

    /// <summary>Writes a length as a varint, then the UTF-8 bytes of a text.</summary>
    /// <param name="text">The text.</param>
    public void WriteString(string text)
    {
        var count = System.Text.Encoding.UTF8.GetByteCount(text);
        WriteVarUInt((ulong)count);
        Reserve(count);
        length += System.Text.Encoding.UTF8.GetBytes(text, buffer.AsSpan(length));
    }

    /// <summary>Writes the bytes alone.</summary>
    /// <param name="bytes">The bytes.</param>
    public void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(buffer.AsSpan(length));
        length += bytes.Length;
    }

    /// <summary>Overwrites four bytes that were written before, little-endian.</summary>
    /// <param name="position">Where they begin.</param>
    /// <param name="value">The number.</param>
    public void PatchUInt32(int position, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.AsSpan(position, sizeof(uint))[..sizeof(uint)], value);

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, buffer.Length - length);
        length += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return buffer.AsMemory(length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    private void Reserve(int count)
    {
        if (buffer.Length - length < count)
            Array.Resize(ref buffer, (int)Math.Min(Math.Max((long)buffer.Length * 2, (long)length + count), Array.MaxLength));
    }
}
