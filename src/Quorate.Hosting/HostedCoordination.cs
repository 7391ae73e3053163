using Quorate.Services.Coordination;

namespace Quorate.Hosting;

/// <summary>
/// The coordination service of a node that starts and stops with its host: before and after, calls fail with "stopped". So do the calls
/// under way when the node fails, as nobody answers them any more.
/// </summary>
internal sealed class HostedCoordination : ICoordination
{
    private volatile ICoordination? running;
    private readonly CancellationTokenSource failed = new();
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

    /// <summary>Refuses calls from now on, and ends those that are under way.</summary>
    /// <param name="why">What they are told.</param>
    public void Fail(string why)
    {
        Close(why);
        // Not here: who waits goes on with the callers' own code.
        _ = failed.CancelAsync();
    }

    /// <summary>Waits for a call's answer, or for the failure of the node.</summary>
    /// <param name="call">The call.</param>
    /// <exception cref="CoordinationException">The node failed before the answer.</exception>
    internal ValueTask<T> AnswerAsync<T>(ValueTask<T> call) => call.IsCompleted ? call : AnswerOrFailureAsync(call.AsTask());

    /// <inheritdoc/>
    public ValueTask<RangeResponse> RangeAsync(RangeRequest request, CancellationToken cancellationToken = default) =>
        AnswerAsync(Running.RangeAsync(request, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<PutResponse> PutAsync(PutRequest request, CancellationToken cancellationToken = default) =>
        AnswerAsync(Running.PutAsync(request, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<DeleteRangeResponse> DeleteRangeAsync(DeleteRangeRequest request, CancellationToken cancellationToken = default) =>
        AnswerAsync(Running.DeleteRangeAsync(request, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<TxnResponse> TxnAsync(TxnRequest request, CancellationToken cancellationToken = default) =>
        AnswerAsync(Running.TxnAsync(request, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<ResponseHeader> CompactAsync(long revision, bool physical, CancellationToken cancellationToken = default) =>
        AnswerAsync(Running.CompactAsync(revision, physical, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<LeaseGrantResponse> LeaseGrantAsync(long id, long ttlSeconds, CancellationToken cancellationToken = default) =>
        AnswerAsync(Running.LeaseGrantAsync(id, ttlSeconds, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<ResponseHeader> LeaseRevokeAsync(long id, CancellationToken cancellationToken = default) =>
        AnswerAsync(Running.LeaseRevokeAsync(id, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<LeaseKeepAliveResponse> LeaseKeepAliveAsync(long id, CancellationToken cancellationToken = default) =>
        AnswerAsync(Running.LeaseKeepAliveAsync(id, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<LeaseTimeToLiveResponse> LeaseTimeToLiveAsync(long id, bool keys, CancellationToken cancellationToken = default) =>
        AnswerAsync(Running.LeaseTimeToLiveAsync(id, keys, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<LeaseLeasesResponse> LeaseLeasesAsync(CancellationToken cancellationToken = default) =>
        AnswerAsync(Running.LeaseLeasesAsync(cancellationToken));

    /// <inheritdoc/>
    public IWatchStream OpenWatchStream() => new HostedWatchStream(Running.OpenWatchStream(), this);

    /// <inheritdoc/>
    public ValueTask<MemberListResponse> MemberListAsync(bool linearizable, CancellationToken cancellationToken = default) =>
        AnswerAsync(Running.MemberListAsync(linearizable, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<MemberAddResponse> MemberAddAsync(
        IReadOnlyList<string> peerUrls, bool isLearner, CancellationToken cancellationToken = default) =>
        AnswerAsync(Running.MemberAddAsync(peerUrls, isLearner, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<MemberListResponse> MemberRemoveAsync(ulong id, CancellationToken cancellationToken = default) =>
        AnswerAsync(Running.MemberRemoveAsync(id, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<MemberListResponse> MemberUpdateAsync(
        ulong id, IReadOnlyList<string> peerUrls, CancellationToken cancellationToken = default) =>
        AnswerAsync(Running.MemberUpdateAsync(id, peerUrls, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<MemberListResponse> MemberPromoteAsync(ulong id, CancellationToken cancellationToken = default) =>
        AnswerAsync(Running.MemberPromoteAsync(id, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<StatusResponse> StatusAsync(CancellationToken cancellationToken = default) =>
        AnswerAsync(Running.StatusAsync(cancellationToken));

    private ICoordination Running => running ?? throw new CoordinationException(CoordinationError.Stopped, whyNot);

    private async ValueTask<T> AnswerOrFailureAsync<T>(Task<T> call)
    {
        try
        {
            return await call.WaitAsync(failed.Token);
        }
        catch (OperationCanceledException e) when (e.CancellationToken == failed.Token)
        {
            throw new CoordinationException(CoordinationError.Stopped, whyNot);
        }
    }
}
