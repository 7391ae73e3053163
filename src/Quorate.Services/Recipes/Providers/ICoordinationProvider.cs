using Quorate.Services.Coordination;

namespace Quorate.Services.Recipes.Providers;

/// <summary>
/// What the recipes ask of a store: the six calls of etcd's API that they are made of. The embedded node and a client of a remote cluster
/// implement it; a conformance suite says whether one is right.
/// </summary>
/// <remarks>
/// Guarantee asked for: as <see cref="ICoordination"/>. A call whose outcome is not known ends with
/// <see cref="CoordinationError.Timeout"/>, <see cref="CoordinationError.Stopped"/> or <see cref="CoordinationError.Internal"/>; every other
/// error means that nothing was written. Stopped and Internal are final: nobody calls again. Safe to call from any thread.
/// </remarks>
public interface ICoordinationProvider
{
    /// <summary>Reads a key or a range of keys.</summary>
    /// <param name="request">What to read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<RangeResponse> RangeAsync(RangeRequest request, CancellationToken cancellationToken);

    /// <summary>Compares, and then does one of two lists of operations, as one atomic step.</summary>
    /// <param name="request">The transaction.</param>
    /// <param name="cancellationToken">Gives up; the outcome is then not known.</param>
    ValueTask<TxnResponse> TxnAsync(TxnRequest request, CancellationToken cancellationToken);

    /// <summary>Grants a lease with an id that the store chooses.</summary>
    /// <param name="ttlSeconds">Its time to live; the store may grant more.</param>
    /// <param name="cancellationToken">Gives up; there may be a lease then, which ends by itself.</param>
    ValueTask<LeaseGrantResponse> LeaseGrantAsync(long ttlSeconds, CancellationToken cancellationToken);

    /// <summary>Renews a lease; the response's TTL is 0 where there is none.</summary>
    /// <param name="id">The lease.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<LeaseKeepAliveResponse> LeaseKeepAliveAsync(long id, CancellationToken cancellationToken);

    /// <summary>Ends a lease and deletes its keys.</summary>
    /// <param name="id">The lease.</param>
    /// <param name="cancellationToken">Gives up; it may end or not.</param>
    ValueTask<ResponseHeader> LeaseRevokeAsync(long id, CancellationToken cancellationToken);

    /// <summary>Opens a stream of watches.</summary>
    IWatchStream OpenWatchStream();
}
