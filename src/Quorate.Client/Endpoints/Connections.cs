using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Quorate.Client.Grpc;

namespace Quorate.Client.Endpoints;

/// <summary>Opens the channels of endpoints.</summary>
/// <param name="options">The client's options.</param>
internal sealed class Connections(EtcdClientOptions options)
{
    // A connection that has calls under way and is silent is asked. etcd ends connections that ask more often than every 5 s
    // (--grpc-keepalive-min-time).
    private static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(5);

    /// <summary>A new channel; certificates are read from their files.</summary>
    /// <param name="address">The endpoint.</param>
    /// <exception cref="IOException">A certificate cannot be read.</exception>
    public GrpcChannel Open(Uri address)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = options.SilenceMax,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(5),
            KeepAlivePingDelay = PingAfter,
            KeepAlivePingTimeout = PingTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        };
        if (address.Scheme == Uri.UriSchemeHttps)
            handler.SslOptions = Secure(options.Tls ?? new EtcdTls());
        return new GrpcChannel(address, handler, options.MessageBytesMax);
    }

    private static SslClientAuthenticationOptions Secure(EtcdTls tls)
    {
        try
        {
            var ssl = new SslClientAuthenticationOptions { EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 };
            if (tls.AuthorityFile is { } authorities)
                ssl.CertificateChainPolicy = Trusting(authorities);
            if (tls is { CertificateFile: { } certificate, KeyFile: { } key })
                ssl.ClientCertificateContext = SslStreamCertificateContext.Create(
                    X509Certificate2.CreateFromPemFile(certificate, key), additionalCertificates: null, offline: true);
            return ssl;
        }
        catch (Exception e) when (e is System.Security.Cryptography.CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new IOException($"A certificate cannot be read: {e.Message}", e);
        }
    }

    private static X509ChainPolicy Trusting(string file)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(file);
        return policy;
    }
}
