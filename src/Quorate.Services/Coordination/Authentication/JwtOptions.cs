using System.Security.Cryptography;

namespace Quorate.Services.Coordination.Authentication;

/// <summary>How tokens are signed, where they are JSON Web Tokens. All members have the same, or accept only what they signed themselves.</summary>
/// <remarks>Source: RFC 7518, section 3.1: RS, PS and ES with 256, 384 and 512, and HS with the same.</remarks>
public sealed record JwtOptions
{
    /// <summary>The method, such as <c>RS256</c>. A token that names another one is refused.</summary>
    public required string Method { get; init; }

    /// <summary>
    /// The key: <see cref="RSA"/> for RS and PS, <see cref="ECDsa"/> for ES; null for HS. With a public key alone tokens are only checked.
    /// </summary>
    public AsymmetricAlgorithm? Key { get; init; }

    /// <summary>The secret of HS; at least 32 bytes.</summary>
    public ReadOnlyMemory<byte> Secret { get; init; }

    /// <summary>Whether <see cref="Key"/> has its private half.</summary>
    public bool CanSign { get; init; } = true;

    /// <summary>How long a token lives. Default 5 min, as etcd's.</summary>
    public TimeSpan Ttl { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Refuses a method that is none, or a key that does not go with it.</summary>
    /// <exception cref="ArgumentException">Says what is wrong.</exception>
    public void Check() => _ = new JsonWebTokens(this, new NoClock());

    /// <summary>Never the key.</summary>
    public override string ToString() => Method;

    private sealed class NoClock : TimeProvider;
}
