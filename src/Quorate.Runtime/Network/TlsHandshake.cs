using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Quorate.Runtime.Certificates;

namespace Quorate.Runtime.Network;

/// <summary>Runs the handshake of one side and tells who the peer is.</summary>
internal sealed class TlsHandshake
{
    private static readonly byte[] Welcome = [1];

    private readonly TlsOptions options;

    public TlsHandshake(TlsOptions options)
    {
        if (options.Certificates.Current.Authorities is null)
            throw new ArgumentException("No authority is named, so that no peer could be accepted.", nameof(options));
        if (options.HandshakeTimeout <= TimeSpan.Zero || options.HandshakeTimeout > TimeSpan.FromMinutes(1))
            throw new ArgumentException("The handshake's timeout must be more than 0 and at most 1 minute.", nameof(options));
        this.options = options;
    }

    /// <summary>Runs the handshake; the stream owns the socket.</summary>
    public async Task<(TlsStream Stream, string Peer)> RunAsync(Socket socket, string host, bool server, CancellationToken cancellationToken)
    {
        var stream = new TlsStream(socket);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.HandshakeTimeout);
        try
        {
            var set = options.Certificates.Current;
            await (server ? ServeAsync(stream, set, timeout.Token) : ApproachAsync(stream, set, host, timeout.Token)).ConfigureAwait(false);
            return (stream, IdentityOf(stream.RemoteCertificate) ?? throw new AuthenticationException("The peer's certificate names nobody."));
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The first DNS name of the certificate's subject alternative names, else its common name, else null.</summary>
    internal static string? IdentityOf(X509Certificate? certificate)
    {
        if (certificate is not X509Certificate2 full)
            return null;
        foreach (var extension in full.Extensions)
        {
            if (extension is X509SubjectAlternativeNameExtension names && names.EnumerateDnsNames().FirstOrDefault() is { Length: > 0 } name)
                return name;
        }

        var common = full.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        return common.Length > 0 ? common : null;
    }

    /// <summary>
    /// In TLS 1.3 either side may be done before the other has judged its certificate (RFC 8446, section 4.4.2.4). So each sends one byte
    /// once it accepted, the client first: who is refused learns it here, not at some later read, and a server never reports a connection
    /// whose client refused it.
    /// </summary>
    private static async Task ExpectWelcomeAsync(SslStream stream, CancellationToken cancellationToken)
    {
        var answer = new byte[1];
        await stream.ReadExactlyAsync(answer, cancellationToken).ConfigureAwait(false);
        if (answer[0] != Welcome[0])
            throw new AuthenticationException("The peer does not speak this protocol.");
    }

    private async Task ServeAsync(SslStream stream, CertificateSet set, CancellationToken cancellationToken)
    {
        await stream.AuthenticateAsServerAsync(ServerOptions(set), cancellationToken).ConfigureAwait(false);
        await ExpectWelcomeAsync(stream, cancellationToken).ConfigureAwait(false);
        await stream.WriteAsync(Welcome, cancellationToken).ConfigureAwait(false);
    }

    private async Task ApproachAsync(SslStream stream, CertificateSet set, string host, CancellationToken cancellationToken)
    {
        await stream.AuthenticateAsClientAsync(ClientOptions(set, host), cancellationToken).ConfigureAwait(false);
        await stream.WriteAsync(Welcome, cancellationToken).ConfigureAwait(false);
        await ExpectWelcomeAsync(stream, cancellationToken).ConfigureAwait(false);
    }

    private SslServerAuthenticationOptions ServerOptions(CertificateSet set) => new()
    {
        ServerCertificateContext = set.Context,
        ClientCertificateRequired = true,
        EnabledSslProtocols = SslProtocols.Tls13,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = (_, certificate, offered, _) => Accept(set, certificate, offered),
    };

    private SslClientAuthenticationOptions ClientOptions(CertificateSet set, string host) => new()
    {
        TargetHost = host,
        ClientCertificateContext = set.Context,
        EnabledSslProtocols = SslProtocols.Tls13,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = (_, certificate, offered, _) => Accept(set, certificate, offered),
    };

    private bool Accept(CertificateSet set, X509Certificate? certificate, X509Chain? offered) =>
        certificate is X509Certificate2 full
        && IdentityOf(full) is { } identity
        && set.Trusts(full, offered)
        && (options.AcceptPeer?.Invoke(identity) ?? true);
}
