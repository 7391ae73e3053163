using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Quorate.Interop.Processes;

namespace Quorate.Interop.Tls;

/// <summary>Two authorities and what they issued, as PEM files: <c>ours</c> and <c>other</c>.</summary>
internal sealed class CertificateFolder : IDisposable
{
    private static readonly DateTimeOffset From = DateTimeOffset.UtcNow.AddHours(-1);
    private static readonly DateTimeOffset To = DateTimeOffset.UtcNow.AddHours(1);

    private readonly TemporaryFolder folder = new();
    private readonly Dictionary<string, X509Certificate2> authorities = [];
    private readonly List<string> keys = [];

    public CertificateFolder()
    {
        foreach (var name in (string[])["ours", "other"])
            authorities[name] = Authority(name);
    }

    /// <summary>The base 64 lines of every private key.</summary>
    public IEnumerable<string> KeyLines => keys.SelectMany(k => k.Split('\n')).Where(l => l.Length > 0 && !l.StartsWith('-'));

    public string Of(string authority) => folder[$"{authority}-ca.pem"];

    /// <summary>Issues a certificate for a name, and for loopback.</summary>
    /// <returns>The files of the certificate and of its key.</returns>
    public (string Certificate, string Key) Issue(string authority, string name)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", pair, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false)); // Server and client.
        using var issued = request.Create(authorities[authority], From, To, RandomNumberGenerator.GetBytes(8));
        return Write($"{authority}-{name}", issued.ExportCertificatePem(), pair.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose()
    {
        foreach (var (_, authority) in authorities)
            authority.Dispose();
        folder.Dispose();
    }

    private X509Certificate2 Authority(string name)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", pair, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var authority = request.CreateSelfSigned(From.AddMinutes(-1), To.AddMinutes(1));
        File.WriteAllText(Of(name), authority.ExportCertificatePem());
        return authority;
    }

    private (string Certificate, string Key) Write(string name, string certificate, string key)
    {
        keys.Add(key);
        File.WriteAllText(folder[$"{name}.pem"], certificate);
        File.WriteAllText(folder[$"{name}.key"], key);
        return (folder[$"{name}.pem"], folder[$"{name}.key"]);
    }
}
