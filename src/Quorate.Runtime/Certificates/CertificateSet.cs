using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Quorate.Runtime.Certificates;

/// <summary>One side's certificate, and the authorities that it trusts.</summary>
/// <remarks>
/// Guarantee: immutable; a connection that began with a set is not touched when another takes its place.
/// Cost: the context of a certificate is built once, at its first handshake.
/// </remarks>
public sealed class CertificateSet
{
    private readonly Lazy<SslStreamCertificateContext> context;

    /// <summary>Makes a set.</summary>
    /// <param name="own">The side's certificate, with its private key.</param>
    /// <param name="authorities">Who must have issued the other side's certificate; null asks the other side for none.</param>
    /// <param name="intermediates">What lies between <paramref name="own"/> and its authority, sent along in the handshake.</param>
    /// <exception cref="ArgumentException">The certificate has no private key, or no authority is named.</exception>
    public CertificateSet(
        X509Certificate2 own, X509Certificate2Collection? authorities, X509Certificate2Collection? intermediates = null)
    {
        ArgumentNullException.ThrowIfNull(own);
        if (!own.HasPrivateKey)
            throw new ArgumentException("The certificate has no private key.", nameof(own));
        if (authorities is { Count: 0 })
            throw new ArgumentException("No authority is named, so that no peer could be accepted.", nameof(authorities));
        Own = own;
        Authorities = authorities;
        context = new(() => SslStreamCertificateContext.Create(own, intermediates, offline: true));
    }

    /// <summary>The side's certificate, with its private key.</summary>
    public X509Certificate2 Own { get; }

    /// <summary>Who must have issued the other side's certificate; null where it needs none.</summary>
    public X509Certificate2Collection? Authorities { get; }

    /// <summary>What a handshake needs of <see cref="Own"/>.</summary>
    public SslStreamCertificateContext Context => context.Value;

    /// <summary>
    /// Whether one of <see cref="Authorities"/> issued a certificate, and its dates, signatures and key usage hold. No other authority is trusted,
    /// the system's neither.
    /// </summary>
    /// <param name="certificate">The other side's certificate.</param>
    /// <param name="offered">What the other side sent along, or null.</param>
    public bool Trusts(X509Certificate2 certificate, X509Chain? offered)
    {
        if (Authorities is null)
            return false;
        // Of two authorities of the same name, one after the other, a chain is looked for with one only where the certificate does not say which.
        return Builds(certificate, offered, Authorities)
            || (Authorities.Count > 1 && Authorities.Any(one => Builds(certificate, offered, [one])));
    }

    private static bool Builds(X509Certificate2 certificate, X509Chain? offered, X509Certificate2Collection roots)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        foreach (var element in offered?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        return chain.Build(certificate);
    }
}
