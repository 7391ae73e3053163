namespace Quorate.Cli.Authorities;

/// <summary>A certificate and its private key, as PEM text.</summary>
/// <param name="Certificate">The certificate.</param>
/// <param name="Key">The private key (PKCS #8).</param>
/// <param name="NotAfter">When the certificate expires.</param>
internal readonly record struct IssuedCertificate(string Certificate, string Key, DateTimeOffset NotAfter);
