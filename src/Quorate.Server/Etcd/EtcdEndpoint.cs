using Quorate.Kernel.Machines;
using Quorate.Server.Etcd.Gateway;
using Quorate.Server.Etcd.Methods;
using Quorate.Server.Etcd.Metrics;
using Quorate.Server.Etcd.Translation;
using Quorate.Server.Grpc;
using Quorate.Server.Listening;
using Quorate.Services.Coordination;

namespace Quorate.Server.Etcd;

/// <summary>Serves a coordination service to etcd's clients: version 3 of the API, over gRPC and as JSON over plain HTTP.</summary>
/// <remarks>
/// Guarantee: what the service answers, in etcd's words; a request is refused with etcd's own error or gRPC's.
/// Cost: a call is a few small objects; a connection holds up to its window of bytes that nobody has read yet.
/// Fails when: the address is taken (<see cref="IOException"/>); a client's mistake ends its call, and at worst its connection.
/// Source: etcd 3.4, etcdserverpb/rpc.proto; grpc/doc/PROTOCOL-HTTP2.md.
/// </remarks>
public sealed class EtcdEndpoint : IAsyncDisposable
{
    private const int MessageOverheadBytes = 512 << 10;

    private readonly ServerEndpoint endpoint;

    private EtcdEndpoint(ServerEndpoint endpoint, CallGate gate) => (this.endpoint, Gate) = (endpoint, gate);

    /// <summary>The address that it listens on, with the port that was really taken.</summary>
    public NetworkAddress Local => endpoint.Local;

    /// <summary>What all calls take of their bounds.</summary>
    internal CallGate Gate { get; }

    /// <summary>Begins to serve.</summary>
    /// <param name="access">What to serve, to each caller as it may; it stays the caller's.</param>
    /// <param name="options">Where and how.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The address is in use or not of this machine.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its bounds.</exception>
    public static async Task<EtcdEndpoint> StartAsync(
        IClientAccess access, EtcdEndpointOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.RequestBytesMax, EtcdEndpointOptions.RequestBytesMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.RequestBytesMax, EtcdEndpointOptions.RequestBytesLimit);
        if (options.Limits.Violations().FirstOrDefault() is { } wrong)
            throw new ArgumentOutOfRangeException(nameof(options), wrong);
        var service = ServiceOf(access, options);
        var endpoint = await ServerEndpoint.StartAsync(
            options.Listen, options.Tls, options.Limits, stopping => new GrpcApplication(service, stopping), cancellationToken);
        return new EtcdEndpoint(endpoint, service.Gate);
    }

    /// <summary>Stops listening, ends the streams, gives calls under way a short time, and closes.</summary>
    public ValueTask DisposeAsync() => endpoint.DisposeAsync();

    private static GrpcServiceOptions ServiceOf(IClientAccess access, EtcdEndpointOptions options)
    {
        var limits = options.Limits;
        var table = EtcdMethods.Of(access, options.RequestBytesMax);
        // Health, figures and whether there is a leader: what anybody may ask.
        var (coordination, maintenance, _) = access.For(ClientCredentials.None);
        var service = new GrpcServiceOptions
        {
            Methods = table.ByPath,
            MessageBytesMax = options.RequestBytesMax + MessageOverheadBytes,
            Gate = new CallGate(limits.CallsMax, limits.CallBytesMax, limits.ReaderTimeout, new BoundNotice(limits.Tell)),
            TooMany = () => EtcdErrors.Of(CoordinationError.TooManyRequests),
            Translate = EtcdErrors.Translate,
            HasLeader = async cancellationToken => (await coordination.StatusAsync(cancellationToken)).Leader != 0,
            NoLeader = () => EtcdErrors.Of(CoordinationError.NoLeader),
            Stopping = () => EtcdErrors.Of(CoordinationError.Stopped),
        };
        var pages = new NodePages(coordination, maintenance, new EtcdMetrics(maintenance, table));
        return service with { Others = new JsonGateway(table, pages.ByPath(), service).AnswerAsync };
    }
}
