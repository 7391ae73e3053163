using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Quorate.Services.Coordination.Authentication;

/// <summary>The SHA-256 of a token's secret. Secrets have 128 random bits, so that a fast hash is enough.</summary>
/// <param name="High">The first half.</param>
/// <param name="Low">The second half.</param>
internal readonly record struct TokenHash(UInt128 High, UInt128 Low)
{
    /// <summary>The bytes of one.</summary>
    public const int Bytes = 32;

    /// <summary>The hash of a secret.</summary>
    /// <param name="secret">The token without what follows its last point.</param>
    public static TokenHash Of(string secret) => Read(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>Reads one.</summary>
    /// <param name="bytes">Its bytes.</param>
    public static TokenHash Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]));

    /// <summary>Writes it.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Bytes];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(16), Low);
        return bytes;
    }
}
