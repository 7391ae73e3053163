using System.Buffers.Binary;
using System.Numerics;

namespace Quorate.Kernel.Encoding;

/// <summary>CRC-32C (Castagnoli), the checksum of every frame and file. Source: RFC 3720, section 12.1 and appendix B.4.</summary>
/// <remarks>Cost: one instruction for eight bytes where the processor has it.</remarks>
public static class Crc32C
{
    /// <summary>The checksum of some bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    public static uint Of(ReadOnlySpan<byte> bytes) => ~Append(uint.MaxValue, bytes);

    /// <summary>The checksum of two runs of bytes, one behind the other.</summary>
    /// <param name="first">The first run.</param>
    /// <param name="second">The second run.</param>
    public static uint Of(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => ~Append(Append(uint.MaxValue, first), second);

    private static uint Append(uint state, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var b in bytes)
            state = BitOperations.Crc32C(state, b);
        return state;
    }
}
