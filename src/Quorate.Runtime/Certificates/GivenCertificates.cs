using System.Security.Cryptography.X509Certificates;

namespace Quorate.Runtime.Certificates;

/// <summary>Certificates that never change.</summary>
/// <param name="own">The side's certificate, with its private key.</param>
/// <param name="authorities">Who must have issued the other side's certificate; null asks the other side for none.</param>
public sealed class GivenCertificates(X509Certificate2 own, X509Certificate2Collection? authorities) : ICertificateSource
{
    /// <inheritdoc/>
    public CertificateSet Current { get; } = new(own, authorities);
}
