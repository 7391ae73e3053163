using Quorate.Client.Calls;
using Quorate.Client.Endpoints;
using Quorate.Client.Leases;
using Quorate.Client.Translation;
using Quorate.Client.Watches;
using Quorate.Services.Coordination;
using Quorate.Services.Recipes.Providers;

namespace Quorate.Client.Providers;

/// <summary>The store of a cluster that speaks etcd's protocol: etcd itself, or Quorate.</summary>
/// <remarks>
/// Guarantee: as <see cref="ICoordinationProvider"/>. Calls go to members that answer and have a leader. A call is made again elsewhere only where
/// it surely was not done, or does no harm when it is done twice; a write whose outcome is not known ends with
/// <see cref="CoordinationError.Timeout"/>.
/// Cost: one connection to each member in use, one stream for all renewals, one for each stream of watches.
/// Fails when: no member answers: then calls end within <see cref="EtcdClientOptions.CallTimeout"/>, and say what each one failed in.
/// Safe to call from any thread. Source: etcd v3.4, api/etcdserverpb/rpc.proto and clientv3; grpc/doc/PROTOCOL-HTTP2.md.
/// </remarks>
public sealed class EtcdProvider : ICoordinationProvider, IAsyncDisposable
{
    private readonly EtcdClientOptions options;
    private readonly TimeProvider clock;
    private readonly EndpointSet endpoints;
    private readonly Caller caller;
    private readonly KeepAlives keepAlives;
    private int watchStreams;

    /// <summary>Makes the client; nobody is called before it is used.</summary>
    /// <param name="options">How the cluster is reached.</param>
    /// <param name="clock">The clock; null for the system's.</param>
    /// <param name="random">Chance, safe to use from any thread; null for the system's.</param>
    /// <exception cref="ArgumentException">The options are wrong; all that is wrong is told.</exception>
    public EtcdProvider(EtcdClientOptions options, TimeProvider? clock = null, Random? random = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Violations() is { Count: > 0 } violations)
            throw new ArgumentException(string.Join(" ", violations), nameof(options));
        (this.options, this.clock) = (options, clock ?? TimeProvider.System);
        endpoints = new EndpointSet(options, this.clock, random ?? Random.Shared);
        caller = new Caller(options, endpoints, this.clock, random ?? Random.Shared);
        keepAlives = new KeepAlives(options, caller, this.clock);
    }

    /// <inheritdoc/>
    public async ValueTask<RangeResponse> RangeAsync(RangeRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return WireResponses.From(await caller.CallAsync(CallMethods.Range, WireRequests.Of(request), cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public async ValueTask<TxnResponse> TxnAsync(TxnRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var method = request.OnlyReads() ? CallMethods.Read : CallMethods.Write;
        return WireResponses.From(await caller.CallAsync(method, WireRequests.Of(request), cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public async ValueTask<LeaseGrantResponse> LeaseGrantAsync(long ttlSeconds, CancellationToken cancellationToken)
    {
        var request = new Wire.LeaseGrantRequest { TTL = ttlSeconds };
        return WireResponses.From(await caller.CallAsync(CallMethods.Grant, request, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public async ValueTask<LeaseKeepAliveResponse> LeaseKeepAliveAsync(long id, CancellationToken cancellationToken) =>
        WireResponses.From(await keepAlives.RenewAsync(id, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public async ValueTask<ResponseHeader> LeaseRevokeAsync(long id, CancellationToken cancellationToken)
    {
        var request = new Wire.LeaseRevokeRequest { ID = id };
        return WireResponses.From((await caller.CallAsync(CallMethods.Revoke, request, cancellationToken).ConfigureAwait(false)).Header);
    }

    /// <inheritdoc/>
    public IWatchStream OpenWatchStream()
    {
        if (caller.Stopping.IsCancellationRequested)
            return new RefusedWatchStream(CallBudget.Stopped());
        if (Interlocked.Increment(ref watchStreams) <= options.WatchStreamsMax)
            return new WatchStream(caller, clock, () => Interlocked.Decrement(ref watchStreams));
        Interlocked.Decrement(ref watchStreams);
        return new RefusedWatchStream(CoordinationErrors.Of(CoordinationError.TooManyRequests));
    }

    /// <summary>Ends what is under way with <see cref="CoordinationError.Stopped"/>, and closes the connections.</summary>
    public ValueTask DisposeAsync()
    {
        caller.Dispose();
        keepAlives.Dispose();
        endpoints.Dispose();
        return default;
    }
}
