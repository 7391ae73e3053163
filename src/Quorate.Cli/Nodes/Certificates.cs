using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Quorate.Cli.Nodes;

/// <summary>Certificates as the command line names them: PEM files.</summary>
internal sealed record Certificates(X509Certificate2 Own, X509Certificate2Collection? Authorities)
{
    /// <summary>Reads the files of one kind of connection.</summary>
    /// <param name="prefix">What the flags begin with, for messages.</param>
    /// <param name="cert">The certificate's file, or null.</param>
    /// <param name="key">The private key's file, or null.</param>
    /// <param name="ca">The authorities' file, or null.</param>
    /// <returns>Null when no flag is given.</returns>
    /// <exception cref="UsageException">Only some of the flags are given, or a file cannot be read.</exception>
    public static Certificates? Read(string prefix, string? cert, string? key, string? ca)
    {
        if (cert is null && key is null && ca is null)
            return null;
        if (cert is null || key is null)
            throw new UsageException($"--{prefix}cert and --{prefix}key must be given together.");
        return new Certificates(ReadOwn(cert, key), ca is null ? null : ReadAuthorities(ca));
    }

    private static X509Certificate2 ReadOwn(string cert, string key)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(cert, key);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"cannot read the certificate {cert} with the key {key}: {e.Message}");
        }
    }

    private static X509Certificate2Collection ReadAuthorities(string ca)
    {
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(ca);
            return authorities.Count > 0 ? authorities : throw new UsageException($"{ca} holds no certificate.");
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"cannot read the authorities' certificates {ca}: {e.Message}");
        }
    }
}
