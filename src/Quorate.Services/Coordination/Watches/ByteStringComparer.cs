using Quorate.Kernel.Encoding;

namespace Quorate.Services.Coordination.Watches;

/// <summary>Compares byte strings by what they hold.</summary>
internal sealed class ByteStringComparer : IEqualityComparer<byte[]>
{
    /// <inheritdoc/>
    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    /// <inheritdoc/>
    public int GetHashCode(byte[] obj) => (int)StableHash.Of(obj);
}
