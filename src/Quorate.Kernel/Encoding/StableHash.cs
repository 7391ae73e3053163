namespace Quorate.Kernel.Encoding;

/// <summary>A 64-bit hash that is the same in every process and version. Not for secrets and not against an adversary.</summary>
/// <remarks>FNV-1a followed by the finaliser of MurmurHash3. Source: Fowler, Noll and Vo; Appleby.</remarks>
public static class StableHash
{
    /// <summary>The hash of the UTF-8 bytes of a text.</summary>
    /// <param name="text">The text.</param>
    public static ulong Of(string text) => Of(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>The hash of some bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var hash = 14695981039346656037UL;
        foreach (var b in bytes)
            hash = (hash ^ b) * 1099511628211UL;
        return Mix(hash);
    }

    /// <summary>Combines a hash with one more number; the order matters.</summary>
    /// <param name="hash">The hash so far.</param>
    /// <param name="value">What to add.</param>
    public static ulong Combine(ulong hash, ulong value) => Mix((hash * 1099511628211UL) ^ value);

    private static ulong Mix(ulong h)
    {
        h ^= h >> 33;
        h *= 0xff51afd7ed558ccdUL;
        h ^= h >> 33;
        h *= 0xc4ceb9fe1a85ec53UL;
        return h ^ (h >> 33);
    }
}
