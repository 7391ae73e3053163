using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Quorate.Cli.Authorities;

/// <summary>An authority of a cluster's own, and what it issues.</summary>
/// <remarks>
/// Guarantee: keys are of the curve P-256, signatures of SHA-256; a certificate does not outlive its authority. What it issues is for servers and
/// clients of the names given, and cannot issue others.
/// Source: RFC 5280, sections 4.2.1.1 to 4.2.1.12.
/// </remarks>
/// <param name="certificate">The authority's certificate, with its key.</param>
internal sealed class CertificateAuthority(X509Certificate2 certificate) : IDisposable
{
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";
    private const int SerialBytes = 16;

    // Clocks of machines differ a little: what was issued just now must already be valid everywhere.
    private static readonly TimeSpan Earlier = TimeSpan.FromMinutes(5);

    /// <summary>Makes an authority.</summary>
    /// <param name="name">Its common name.</param>
    /// <param name="now">The time.</param>
    /// <param name="life">How long it is valid.</param>
    public static IssuedCertificate Create(string name, DateTimeOffset now, TimeSpan life)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Named(name), pair, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using var made = request.CreateSelfSigned(now - Earlier, now + life);
        return new IssuedCertificate(made.ExportCertificatePem(), pair.ExportPkcs8PrivateKeyPem(), made.NotAfter);
    }

    /// <summary>Issues a certificate with a new key.</summary>
    /// <param name="name">Its common name, and the first of its DNS names.</param>
    /// <param name="hosts">Further DNS names, and addresses; none for a client.</param>
    /// <param name="clientOnly">Whether it is of no use to a server.</param>
    /// <param name="now">The time.</param>
    /// <param name="life">How long it is valid, at most as long as the authority.</param>
    public IssuedCertificate Issue(string name, IReadOnlyList<string> hosts, bool clientOnly, DateTimeOffset now, TimeSpan life)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Named(name), pair, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(NamesOf(name, hosts));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            clientOnly ? [new Oid(ClientUsage)] : [new Oid(ServerUsage), new Oid(ClientUsage)], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(certificate, true, false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using var issued = request.Create(certificate, Begin(now), End(now + life), Serial());
        return new IssuedCertificate(issued.ExportCertificatePem(), pair.ExportPkcs8PrivateKeyPem(), issued.NotAfter);
    }

    /// <inheritdoc/>
    public void Dispose() => certificate.Dispose();

    private static X500DistinguishedName Named(string name)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName(name);
        return builder.Build();
    }

    private static X509Extension NamesOf(string name, IReadOnlyList<string> hosts)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
                names.AddIpAddress(address);
            else
                names.AddDnsName(host);
        }

        return names.Build();
    }

    private DateTimeOffset Begin(DateTimeOffset now) => Later(now - Earlier, certificate.NotBefore);

    private DateTimeOffset End(DateTimeOffset asked) => asked < certificate.NotAfter ? asked : certificate.NotAfter;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    // Positive and not zero (RFC 5280, section 4.1.2.2).
    private static byte[] Serial()
    {
        var serial = RandomNumberGenerator.GetBytes(SerialBytes);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        return serial;
    }
}
