using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Quorate.Runtime.Network;

/// <summary>Runs the handshake of one side and tells who the peer is.</summary>
internal sealed class TlsHandshake
{
    private static readonly byte[] Welcome = [1];

    private readonly TlsOptions options;
    private readonly SslStreamCertificateContext context;

    public TlsHandshake(TlsOptions options)
    {
        if (!options.Certificate.HasPrivateKey)
            throw new ArgumentException("The machine's certificate has no private key.", nameof(options));
        if (options.Authorities.Count == 0)
            throw new ArgumentException("No authority is named, so that no peer could be accepted.", nameof(options));
        if (options.HandshakeTimeout <= TimeSpan.Zero || options.HandshakeTimeout > TimeSpan.FromMinutes(1))
            throw new ArgumentException("The handshake's timeout must be more than 0 and at most 1 minute.", nameof(options));
        this.options = options;
        context = SslStreamCertificateContext.Create(options.Certificate, additionalCertificates: null, offline: true);
    }

    /// <summary>Runs the handshake; the stream owns the socket.</summary>
    public async Task<(TlsStream Stream, string Peer)> RunAsync(Socket socket, string host, bool server, CancellationToken cancellationToken)
    {
        var stream = new TlsStream(socket);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.HandshakeTimeout);
        try
        {
            await (server ? ServeAsync(stream, timeout.Token) : ApproachAsync(stream, host, timeout.Token)).ConfigureAwait(false);
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

    private async Task ServeAsync(SslStream stream, CancellationToken cancellationToken)
    {
        await stream.AuthenticateAsServerAsync(ServerOptions(), cancellationToken).ConfigureAwait(false);
        await ExpectWelcomeAsync(stream, cancellationToken).ConfigureAwait(false);
        await stream.WriteAsync(Welcome, cancellationToken).ConfigureAwait(false);
    }

    private async Task ApproachAsync(SslStream stream, string host, CancellationToken cancellationToken)
    {
        await stream.AuthenticateAsClientAsync(ClientOptions(host), cancellationToken).ConfigureAwait(false);
        await stream.WriteAsync(Welcome, cancellationToken).ConfigureAwait(false);
        await ExpectWelcomeAsync(stream, cancellationToken).ConfigureAwait(false);
    }

    private SslServerAuthenticationOptions ServerOptions() => new()
    {
        ServerCertificateContext = context,
        ClientCertificateRequired = true,
        EnabledSslProtocols = SslProtocols.Tls13,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = Accept,
    };

    private SslClientAuthenticationOptions ClientOptions(string host) => new()
    {
        TargetHost = host,
        ClientCertificateContext = context,
        EnabledSslProtocols = SslProtocols.Tls13,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = Accept,
    };

    private bool Accept(object sender, X509Certificate? certificate, X509Chain? offered, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 full || IdentityOf(full) is not { } identity)
            return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(options.Authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        foreach (var element in offered?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        return chain.Build(full) && (options.AcceptPeer?.Invoke(identity) ?? true);
    }
}
