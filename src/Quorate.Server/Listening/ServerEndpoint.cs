using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Quorate.Kernel.Machines;
using Quorate.Runtime.Certificates;

namespace Quorate.Server.Listening;

/// <summary>One listening web server: HTTP/2 and HTTP/1.1 on one port, with TLS or without ("prior knowledge").</summary>
internal sealed class ServerEndpoint : IAsyncDisposable
{
    private const int HeadersMax = 100;
    private const int HeaderBytesMax = 32 << 10;
    private const int RequestLineBytesMax = 8 << 10;
    private const int FrameBytesMax = 16 << 10;
    private const int HeaderTableBytesMax = 4 << 10;

    // Slower than any line that etcd could be used over; a client that trickles on purpose is held to it.
    private const double BytesPerSecondMin = 1024;

    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(2);

    private readonly WebApplication services;
    private readonly IServer server;
    private readonly CancellationTokenSource stopping;

    private ServerEndpoint(WebApplication services, IServer server, CancellationTokenSource stopping, NetworkAddress local)
    {
        this.services = services;
        this.server = server;
        this.stopping = stopping;
        Local = local;
    }

    /// <summary>The address that it listens on, with the port that was really taken.</summary>
    public NetworkAddress Local { get; }

    /// <summary>Begins to listen.</summary>
    /// <param name="listen">Where; port 0 takes any free port.</param>
    /// <param name="tls">The certificates, or null for no TLS.</param>
    /// <param name="limits">Bounds of the web server.</param>
    /// <param name="application">Makes what answers; its argument is canceled when the endpoint stops.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The address is in use or not of this machine.</exception>
    public static async Task<ServerEndpoint> StartAsync<TContext>(
        NetworkAddress listen,
        ServerTls? tls,
        EndpointLimits limits,
        Func<CancellationToken, IHttpApplication<TContext>> application,
        CancellationToken cancellationToken)
        where TContext : notnull
    {
        var address = await ResolveAsync(listen, cancellationToken);
        var services = Build(kestrel => Configure(kestrel, new IPEndPoint(address, listen.Port), tls, limits));
        var stopping = new CancellationTokenSource();
        var server = services.Services.GetRequiredService<IServer>();
        try
        {
            await server.StartAsync(application(stopping.Token), cancellationToken);
        }
        catch (Exception e)
        {
            await services.DisposeAsync();
            stopping.Dispose();
            throw e is IOException or System.Net.Sockets.SocketException ? CannotListen(listen, e) : e;
        }
        return new ServerEndpoint(services, server, stopping, BoundAddress(server, listen));
    }

    /// <summary>Stops listening, ends the streams, gives calls under way a short time, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (stopping.IsCancellationRequested)
            return;
        await stopping.CancelAsync();
        using (var grace = new CancellationTokenSource(StopGrace))
            await server.StopAsync(grace.Token);
        await services.DisposeAsync();
        stopping.Dispose();
    }

    private static WebApplication Build(Action<KestrelServerOptions> configure)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(configure)
            // What is unsafe is to block there, and no call does: each stream is handed to the pool before its call begins.
            .UseSockets(static sockets => sockets.UnsafePreferInlineScheduling = true);
        return builder.Build();
    }

    private static void Configure(KestrelServerOptions kestrel, IPEndPoint listen, ServerTls? tls, EndpointLimits bounds)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowAlternateSchemes = true;
        var limits = kestrel.Limits;
        limits.MaxRequestBodySize = null;
        limits.RequestHeadersTimeout = bounds.GreetingTimeout;
        limits.MaxRequestHeaderCount = HeadersMax;
        limits.MaxRequestHeadersTotalSize = HeaderBytesMax;
        limits.MaxRequestLineSize = RequestLineBytesMax;
        // The calls themselves bound the time of a request: the web server would end the connection with all of its calls, and say nothing.
        limits.MinRequestBodyDataRate = null;
        limits.MaxResponseBufferSize = EndpointLimits.AnswerBytesHeld;
        // It counts only while the client takes nothing that is there for it.
        limits.MinResponseDataRate = new MinDataRate(BytesPerSecondMin, bounds.ReaderTimeout);
        limits.Http2.MaxStreamsPerConnection = bounds.StreamsPerConnectionMax;
        limits.Http2.MaxFrameSize = FrameBytesMax;
        limits.Http2.HeaderTableSize = HeaderTableBytesMax;
        limits.Http2.MaxRequestHeaderFieldSize = HeaderBytesMax;
        limits.Http2.InitialConnectionWindowSize = bounds.ConnectionWindowBytes;
        limits.Http2.InitialStreamWindowSize = bounds.StreamWindowBytes;
        limits.Http2.KeepAlivePingDelay = bounds.PingAfter;
        limits.Http2.KeepAlivePingTimeout = bounds.PingTimeout;
        kestrel.Listen(listen, options =>
        {
            options.Protocols = HttpProtocols.Http1AndHttp2;
            var notice = new BoundNotice(bounds.Tell);
            options.Use(next => new ConnectionGate(next, bounds.ConnectionsMax, tls is null, notice).ServeAsync);
            if (tls is not null)
                options.UseHttps(Secure(tls, bounds));
            else
                options.Use(next => new ProtocolChoice(next, bounds.GreetingTimeout).ServeAsync);
        });
    }

    private static TlsHandshakeCallbackOptions Secure(ServerTls tls, EndpointLimits bounds) => new()
    {
        HandshakeTimeout = bounds.GreetingTimeout,
        OnConnection = _ => ValueTask.FromResult(Handshake(tls.Certificates.Current)),
    };

    private static SslServerAuthenticationOptions Handshake(CertificateSet set) => new()
    {
        ServerCertificateContext = set.Context,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        AllowRenegotiation = false,
        ClientCertificateRequired = set.Authorities is not null,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = (_, certificate, offered, _) =>
            set.Authorities is null || (certificate is X509Certificate2 full && set.Trusts(full, offered)),
    };

    private static async Task<IPAddress> ResolveAsync(NetworkAddress listen, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(listen.Host, out var literal))
            return literal;
        try
        {
            var found = await Dns.GetHostAddressesAsync(listen.Host, cancellationToken);
            // IPv4 first: 'localhost' is then what clients that write 127.0.0.1 reach.
            return found.OrderBy(a => a.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 0 : 1).First();
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or InvalidOperationException)
        {
            throw CannotListen(listen, e);
        }
    }

    private static IOException CannotListen(NetworkAddress listen, Exception e) =>
        new(e.InnerException is AddressInUseException || e is AddressInUseException
            ? $"cannot listen on {listen}: the address is in use"
            : $"cannot listen on {listen}: {(e.InnerException ?? e).Message}", e);

    private static NetworkAddress BoundAddress(IServer server, NetworkAddress asked)
    {
        var bound = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
        return bound is null ? asked : asked with { Port = BindingAddress.Parse(bound).Port };
    }
}
