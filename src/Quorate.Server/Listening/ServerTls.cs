using System.Security.Cryptography.X509Certificates;

namespace Quorate.Server.Listening;

/// <summary>How an endpoint proves itself and what it asks of its clients.</summary>
/// <param name="Certificate">The server's certificate, with its private key.</param>
/// <param name="ClientAuthorities">Clients must show a certificate that one of these issued; null asks clients for nothing.</param>
public sealed record ServerTls(X509Certificate2 Certificate, X509Certificate2Collection? ClientAuthorities = null);
