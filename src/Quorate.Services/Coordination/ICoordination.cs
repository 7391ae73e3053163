namespace Quorate.Services.Coordination;

/// <summary>
/// The coordination service: a small, ordered, multi-version key-value store with transactions, watches and leases, with the semantics of
/// etcd's v3 API.
/// </summary>
/// <remarks>
/// Guarantee: writes and non-serializable reads are linearizable; a watch gets every event once, in order of revision.
/// Cost: a write is one round to a majority and one disk sync, shared by all that are under way; a read is one round, shared likewise.
/// Fails when: no majority can be reached: then calls end with <see cref="CoordinationException"/> within their deadline.
/// Safe to call from any thread. Source: etcd API v3.4, api/etcdserverpb/rpc.proto.
/// </remarks>
public interface ICoordination
{
    /// <summary>Reads a key or a range of keys.</summary>
    ValueTask<RangeResponse> RangeAsync(RangeRequest request, CancellationToken cancellationToken = default);

    /// <summary>Writes a key.</summary>
    ValueTask<PutResponse> PutAsync(PutRequest request, CancellationToken cancellationToken = default);

    /// <summary>Deletes a key or a range of keys.</summary>
    ValueTask<DeleteRangeResponse> DeleteRangeAsync(DeleteRangeRequest request, CancellationToken cancellationToken = default);

    /// <summary>Compares, and then does one of two lists of operations, as one atomic step.</summary>
    ValueTask<TxnResponse> TxnAsync(TxnRequest request, CancellationToken cancellationToken = default);

    /// <summary>Forgets history before a revision.</summary>
    ValueTask<ResponseHeader> CompactAsync(long revision, bool physical, CancellationToken cancellationToken = default);

    /// <summary>Grants a lease.</summary>
    ValueTask<LeaseGrantResponse> LeaseGrantAsync(long id, long ttlSeconds, CancellationToken cancellationToken = default);

    /// <summary>Ends a lease and deletes its keys.</summary>
    ValueTask<ResponseHeader> LeaseRevokeAsync(long id, CancellationToken cancellationToken = default);

    /// <summary>Renews a lease. The response's TTL is 0 when there is no such lease.</summary>
    ValueTask<LeaseKeepAliveResponse> LeaseKeepAliveAsync(long id, CancellationToken cancellationToken = default);

    /// <summary>Tells what is left of a lease. The response's TTL is -1 when there is no such lease.</summary>
    ValueTask<LeaseTimeToLiveResponse> LeaseTimeToLiveAsync(long id, bool keys, CancellationToken cancellationToken = default);

    /// <summary>The ids of all leases.</summary>
    ValueTask<LeaseLeasesResponse> LeaseLeasesAsync(CancellationToken cancellationToken = default);

    /// <summary>Opens a stream of watches.</summary>
    IWatchStream OpenWatchStream();

    /// <summary>The members of the cluster.</summary>
    ValueTask<MemberListResponse> MemberListAsync(bool linearizable, CancellationToken cancellationToken = default);

    /// <summary>
    /// Adds a member, which its node then joins as. It has no vote at first; unless it shall stay a learner it gets one by itself once it has
    /// caught up.
    /// </summary>
    /// <param name="peerUrls">Where the others reach it: one URL of a host and a port.</param>
    /// <param name="isLearner">Whether it stays without a vote until it is promoted.</param>
    /// <param name="cancellationToken">Gives up waiting; the change may still come.</param>
    ValueTask<MemberAddResponse> MemberAddAsync(
        IReadOnlyList<string> peerUrls, bool isLearner, CancellationToken cancellationToken = default);

    /// <summary>Removes a member, dead or alive.</summary>
    ValueTask<MemberListResponse> MemberRemoveAsync(ulong id, CancellationToken cancellationToken = default);

    /// <summary>Tells where a member is reached from now on.</summary>
    ValueTask<MemberListResponse> MemberUpdateAsync(
        ulong id, IReadOnlyList<string> peerUrls, CancellationToken cancellationToken = default);

    /// <summary>Gives a learner that has caught up its vote.</summary>
    ValueTask<MemberListResponse> MemberPromoteAsync(ulong id, CancellationToken cancellationToken = default);

    /// <summary>The state of this node.</summary>
    ValueTask<StatusResponse> StatusAsync(CancellationToken cancellationToken = default);
}

/// <summary>Many watches over one ordered stream of messages. Safe to call from any thread; one reader at a time.</summary>
public interface IWatchStream : IAsyncDisposable
{
    /// <summary>Starts a watch; its <see cref="WatchMessageKind.Created"/> message comes first on the stream.</summary>
    /// <param name="request">What to watch.</param>
    void Create(WatchCreateRequest request);

    /// <summary>Ends a watch; its <see cref="WatchMessageKind.Canceled"/> message follows.</summary>
    /// <param name="watchId">Which.</param>
    void Cancel(long watchId);

    /// <summary>Asks for one progress message for the whole stream, once every watch of it is up to date.</summary>
    void RequestProgress();

    /// <summary>Waits for the next message. Null when the stream was disposed.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<WatchMessage?> ReadAsync(CancellationToken cancellationToken = default);
}
