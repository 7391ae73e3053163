using System.Security.Cryptography.X509Certificates;
using Quorate.Runtime.Certificates;

namespace Quorate.Server.Listening;

/// <summary>How an endpoint proves itself and what it asks of its clients.</summary>
/// <param name="Certificates">
/// The server's certificate, and the authorities one of which must have issued a client's; without authorities clients are asked for nothing.
/// Asked at each handshake, so that certificates can be replaced while the endpoint serves.
/// </param>
public sealed record ServerTls(ICertificateSource Certificates)
{
    /// <summary>Certificates that never change.</summary>
    /// <param name="certificate">The server's certificate, with its private key.</param>
    /// <param name="clientAuthorities">Who must have issued clients' certificates; null asks clients for nothing.</param>
    public ServerTls(X509Certificate2 certificate, X509Certificate2Collection? clientAuthorities = null)
        : this(new GivenCertificates(certificate, clientAuthorities))
    {
    }
}
