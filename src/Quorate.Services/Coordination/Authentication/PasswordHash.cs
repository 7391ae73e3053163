using System.Security.Cryptography;
using System.Text;

namespace Quorate.Services.Coordination.Authentication;

/// <summary>A password as it is kept: a salted, slow hash.</summary>
/// <remarks>
/// Source: RFC 8018 (PBKDF2) with HMAC-SHA-256. Each hash carries its number of iterations, so that hashes of several strengths live
/// side by side and a user's grows with the next change of the password.
/// </remarks>
/// <param name="Iterations">How often the function is repeated.</param>
/// <param name="Salt">The salt.</param>
/// <param name="Hash">The hash.</param>
internal sealed record PasswordHash(int Iterations, ReadOnlyMemory<byte> Salt, ReadOnlyMemory<byte> Hash)
{
    /// <summary>The bytes of a salt.</summary>
    public const int SaltBytes = 16;

    /// <summary>The bytes of a hash.</summary>
    public const int HashBytes = 32;

    /// <summary>The most iterations that are read back: about ten seconds.</summary>
    public const int IterationsMax = 10_000_000;

    /// <summary>Hashes a password. Slow: not on a strand.</summary>
    /// <param name="password">The password.</param>
    /// <param name="salt">A salt that was never used before.</param>
    /// <param name="iterations">How often the function is repeated.</param>
    public static PasswordHash Of(string password, byte[] salt, int iterations) =>
        new(iterations, salt, Derive(password, salt, iterations));

    /// <summary>Whether this is a password's hash. Slow: not on a strand. Takes as long whichever byte differs.</summary>
    /// <param name="password">The password.</param>
    public bool Matches(string password) =>
        CryptographicOperations.FixedTimeEquals(Derive(password, Salt.Span, Iterations), Hash.Span);

    /// <summary>Neither salt nor hash.</summary>
    public override string ToString() => $"PBKDF2-HMAC-SHA-256 of {Iterations} iterations";

    private static byte[] Derive(string password, ReadOnlySpan<byte> salt, int iterations)
    {
        var bytes = Encoding.UTF8.GetBytes(password);
        try
        {
            return Rfc2898DeriveBytes.Pbkdf2(bytes, salt, iterations, HashAlgorithmName.SHA256, HashBytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
