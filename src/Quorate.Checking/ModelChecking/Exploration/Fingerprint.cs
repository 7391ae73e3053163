using System.Runtime.InteropServices;

namespace Quorate.Checking.ModelChecking.Exploration;

/// <summary>What is kept of a state: two independent hashes of 64 bits, the same in every process.</summary>
/// <remarks>Each lane multiplies to 128 bits and folds them, a word of eight bytes at a time, as wyhash (Wang Yi) does.</remarks>
internal readonly record struct Fingerprint(ulong Low, ulong High)
{
    private const ulong LowSeed = 0x9e3779b97f4a7c15;
    private const ulong HighSeed = 0xc2b2ae3d27d4eb4f;
    private const ulong LowFactor = 0xd6e8feb86659fd93;
    private const ulong HighFactor = 0xa0761d6478bd642f;

    /// <summary>The fingerprint of a state.</summary>
    public static Fingerprint Of(ReadOnlySpan<byte> bytes)
    {
        // The length goes in first, so that the padding of the last word is no ambiguity.
        var low = Fold(LowSeed ^ (ulong)bytes.Length, LowFactor);
        var high = Fold(HighSeed ^ (ulong)bytes.Length, HighFactor);
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            low = Fold(low ^ word, LowFactor);
            high = Fold(high ^ word, HighFactor);
        }

        var rest = 0UL;
        for (var i = bytes.Length & ~7; i < bytes.Length; i++)
            rest = (rest << 8) | bytes[i];
        // Zero marks a free place in the table.
        return new Fingerprint(Math.Max(Fold(low ^ rest, LowFactor ^ HighSeed), 1), Fold(high ^ rest, HighFactor ^ LowSeed));
    }

    private static ulong Fold(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        // Adding the operand keeps what the product of a bad pair would lose.
        return (high ^ low) + ulong.RotateLeft(a, 31);
    }
}
