using System.Diagnostics.CodeAnalysis;
using Quorate.Kernel.Encoding;

namespace Quorate.Cli.Models.Raft;

/// <summary>Arrays are equal when their bytes are.</summary>
internal sealed class ByteArrayComparer : IEqualityComparer<byte[]>
{
    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode([DisallowNull] byte[] obj) => (int)StableHash.Of(obj.AsSpan());
}
