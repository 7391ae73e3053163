using Quorate.Services.Coordination;

namespace Quorate.Hosting;

/// <summary>The coordination service of a node that starts and stops with its host: before and after, calls fail with "stopped".</summary>
internal sealed class HostedCoordination : ICoordination
{
    private volatile ICoordination? running;
    private volatile string whyNot = "The node has not started yet.";

    /// <summary>Lets calls through.</summary>
    /// <param name="coordination">The running node's service.</param>
    public void Open(ICoordination coordination) => running = coordination;

    /// <summary>Refuses calls from now on.</summary>
    /// <param name="why">What they are told.</param>
    public void Close(string why)
    {
        whyNot = why;
        running = null;
    }

    /// <inheritdoc/>
    public ValueTask<RangeResponse> RangeAsync(RangeRequest request, CancellationToken cancellationToken = default) =>
        Running.RangeAsync(request, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<PutResponse> PutAsync(PutRequest request, CancellationToken cancellationToken = default) =>
        Running.PutAsync(request, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DeleteRangeResponse> DeleteRangeAsync(DeleteRangeRequest request, CancellationToken cancellationToken = default) =>
        Running.DeleteRangeAsync(request, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TxnResponse> TxnAsync(TxnRequest request, CancellationToken cancellationToken = default) =>
        Running.TxnAsync(request, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ResponseHeader> CompactAsync(long revision, bool physical, CancellationToken cancellationToken = default) =>
        Running.CompactAsync(revision, physical, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LeaseGrantResponse> LeaseGrantAsync(long id, long ttlSeconds, CancellationToken cancellationToken = default) =>
        Running.LeaseGrantAsync(id, ttlSeconds, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ResponseHeader> LeaseRevokeAsync(long id, CancellationToken cancellationToken = default) =>
        Running.LeaseRevokeAsync(id, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LeaseKeepAliveResponse> LeaseKeepAliveAsync(long id, CancellationToken cancellationToken = default) =>
        Running.LeaseKeepAliveAsync(id, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LeaseTimeToLiveResponse> LeaseTimeToLiveAsync(long id, bool keys, CancellationToken cancellationToken = default) =>
        Running.LeaseTimeToLiveAsync(id, keys, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LeaseLeasesResponse> LeaseLeasesAsync(CancellationToken cancellationToken = default) =>
        Running.LeaseLeasesAsync(cancellationToken);

    /// <inheritdoc/>
    public IWatchStream OpenWatchStream() => Running.OpenWatchStream();

    /// <inheritdoc/>
    public ValueTask<MemberListResponse> MemberListAsync(bool linearizable, CancellationToken cancellationToken = default) =>
        Running.MemberListAsync(linearizable, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StatusResponse> StatusAsync(CancellationToken cancellationToken = default) => Running.StatusAsync(cancellationToken);

    private ICoordination Running => running ?? throw new CoordinationException(CoordinationError.Stopped, whyNot);
}
