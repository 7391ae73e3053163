using Quorate.Services.Coordination;

namespace Quorate.Services.Recipes.Providers;

/// <summary>The store of a node of this process.</summary>
/// <param name="coordination">The node's service.</param>
public sealed class EmbeddedProvider(ICoordination coordination) : ICoordinationProvider
{
    /// <inheritdoc/>
    public ValueTask<RangeResponse> RangeAsync(RangeRequest request, CancellationToken cancellationToken) =>
        coordination.RangeAsync(request, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TxnResponse> TxnAsync(TxnRequest request, CancellationToken cancellationToken) =>
        coordination.TxnAsync(request, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LeaseGrantResponse> LeaseGrantAsync(long ttlSeconds, CancellationToken cancellationToken) =>
        coordination.LeaseGrantAsync(0, ttlSeconds, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LeaseKeepAliveResponse> LeaseKeepAliveAsync(long id, CancellationToken cancellationToken) =>
        coordination.LeaseKeepAliveAsync(id, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ResponseHeader> LeaseRevokeAsync(long id, CancellationToken cancellationToken) =>
        coordination.LeaseRevokeAsync(id, cancellationToken);

    /// <inheritdoc/>
    public IWatchStream OpenWatchStream() => coordination.OpenWatchStream();
}
