using Google.Protobuf;
using Quorate.Server.Etcd.Translation;
using Quorate.Services.Coordination;

namespace Quorate.Server.Etcd.Concurrency;

/// <summary>etcd's lock service: a lock is a line of keys, and who stands in front holds it.</summary>
/// <param name="coordination">The service.</param>
/// <remarks>Source: etcd 3.4, etcdserver/api/v3lock and clientv3/concurrency/mutex.go.</remarks>
internal sealed class LockCalls(ICoordination coordination)
{
    /// <summary>Waits in line and takes the lock. A caller that goes away before gives its place up.</summary>
    /// <param name="request">The lock, and the lease to hold it with.</param>
    /// <param name="cancellationToken">Canceled when the caller is gone.</param>
    public async ValueTask<Wire.LockResponse> LockAsync(Wire.LockRequest request, CancellationToken cancellationToken)
    {
        var lease = await CallerLease.OrNewAsync(coordination, request.Lease, cancellationToken);
        var prefix = PlaceInLine.PrefixOf(request.Name.Memory);
        var place = new PlaceInLine(coordination, prefix, lease);
        var taken = await place.TakeAsync(default, PlaceInLine.FirstOf(prefix), cancellationToken);
        var revision = taken.Succeeded ? taken.Header.Revision : ((RangeResponse)taken.Responses[0]).KeyValues[0].CreateRevision;
        var holders = ((RangeResponse)taken.Responses[1]).KeyValues;
        if (holders.Count == 0 || holders[0].CreateRevision == revision)
            return Held(taken.Header, place);
        try
        {
            var header = await place.WaitForTurnAsync(revision, cancellationToken);
            await ExpectStillInLineAsync(place, cancellationToken);
            return Held(header, place);
        }
        catch
        {
            await PlaceInLine.GiveUpAsync(place.LeaveAsync);
            throw;
        }
    }

    /// <summary>Gives a lock back, or a place in its line.</summary>
    /// <param name="request">The key that the lock was answered with.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<ResponseHeader> UnlockAsync(Wire.UnlockRequest request, CancellationToken cancellationToken) =>
        (await coordination.DeleteRangeAsync(new DeleteRangeRequest(request.Key.Memory), cancellationToken)).Header;

    // The lease may have ended while the caller waited: then it holds nothing. etcd 3.4 answers that it does; the text is 3.5's.
    private async ValueTask ExpectStillInLineAsync(PlaceInLine place, CancellationToken cancellationToken)
    {
        if ((await coordination.RangeAsync(new RangeRequest(place.Key), cancellationToken)).Count == 0)
            throw new GrpcException(GrpcCode.Unknown, "mutex: session is expired");
    }

    private static Wire.LockResponse Held(ResponseHeader header, PlaceInLine place) =>
        new() { Header = EtcdResponses.ToWire(header), Key = UnsafeByteOperations.UnsafeWrap(place.Key) };
}
