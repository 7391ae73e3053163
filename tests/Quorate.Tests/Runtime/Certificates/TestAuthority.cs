using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Quorate.Tests.Runtime.Certificates;

/// <summary>An authority of the test's own, and certificates that it signs.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly X509Certificate2 authority;

    public TestAuthority()
        : this(null)
    {
    }

    /// <summary>An authority that another one issued, or one of its own.</summary>
    public TestAuthority(TestAuthority? parent)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(parent is null ? "CN=test authority" : "CN=intermediate", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(60));
        authority = parent is null
            ? request.CreateSelfSigned(from, to)
            : request.Create(parent.authority, from.AddMinutes(1), to.AddMinutes(-1), RandomNumberGenerator.GetBytes(8)).CopyWithPrivateKey(key);
    }

    public X509Certificate2Collection Authorities => [X509CertificateLoader.LoadCertificate(authority.RawData)];

    public X509Certificate2 Issue(string commonName, string? dnsName = null, bool expired = false, int days = 1)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={commonName}", key, HashAlgorithmName.SHA256);
        if (dnsName is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(dnsName);
            request.CertificateExtensions.Add(names.Build());
        }

        var end = DateTimeOffset.UtcNow.AddDays(expired ? -1 : days);
        using var bare = request.Create(authority, DateTimeOffset.UtcNow.AddDays(-2).AddHours(1), end, RandomNumberGenerator.GetBytes(8));
        using var withKey = bare.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }

    public void Dispose() => authority.Dispose();
}
