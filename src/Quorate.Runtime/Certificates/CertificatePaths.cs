using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Quorate.Runtime.Certificates;

/// <summary>The PEM files of one side.</summary>
/// <param name="Certificate">The certificate's file; what follows the first certificate in it is sent along as intermediates.</param>
/// <param name="Key">The private key's file.</param>
/// <param name="Authorities">The file of whom to trust, or null.</param>
public sealed record CertificatePaths(string Certificate, string Key, string? Authorities)
{
    /// <summary>The most bytes of each file: 1 MiB.</summary>
    public const int FileBytesMax = 1 << 20;

    /// <summary>Reads the bytes of all files.</summary>
    /// <exception cref="IOException">A file is not there, too large, or cannot be read.</exception>
    internal byte[][] ReadAll() =>
    [
        Read("certificate", Certificate),
        Read("private key", Key),
        Authorities is null ? [] : Read("authorities' certificates", Authorities),
    ];

    /// <summary>Makes a set of the bytes.</summary>
    /// <exception cref="IOException">They are no certificates, or the key is not the certificate's.</exception>
    internal CertificateSet Parse(byte[][] bytes)
    {
        var (own, intermediates) = ParseOwn(Encoding.UTF8.GetString(bytes[0]), Encoding.UTF8.GetString(bytes[1]));
        return new CertificateSet(own, Authorities is null ? null : ParseAuthorities(Encoding.UTF8.GetString(bytes[2])), intermediates);
    }

    private (X509Certificate2 Own, X509Certificate2Collection Intermediates) ParseOwn(string certificate, string key)
    {
        try
        {
            var all = new X509Certificate2Collection();
            all.ImportFromPem(certificate);
            if (all.Count > 0)
                all.RemoveAt(0);
            return (X509Certificate2.CreateFromPem(certificate, key), all);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new IOException($"cannot read the certificate {Certificate} with the key {Key}: {e.Message}", e);
        }
    }

    private X509Certificate2Collection ParseAuthorities(string text)
    {
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(text);
            return authorities.Count > 0 ? authorities : throw new IOException($"{Authorities} holds no certificate.");
        }
        catch (CryptographicException e)
        {
            throw new IOException($"cannot read the authorities' certificates {Authorities}: {e.Message}", e);
        }
    }

    private static byte[] Read(string what, string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > FileBytesMax)
                throw new IOException($"it is larger than {FileBytesMax} bytes, which no file of certificates is.");
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"cannot read the {what} {path}: {e.Message}", e);
        }
    }
}
