using Google.Protobuf;
using Quorate.Server.Etcd.Translation;
using Quorate.Services.Coordination;

namespace Quorate.Server.Etcd.Concurrency;

/// <summary>etcd's election service: candidates stand in a line of keys, and who stands in front leads.</summary>
/// <param name="coordination">The service.</param>
/// <remarks>Source: etcd 3.4, etcdserver/api/v3election and clientv3/concurrency/election.go.</remarks>
internal sealed class ElectionCalls(ICoordination coordination)
{
    /// <summary>Waits until the candidate leads. A candidate that goes away before gives its place up.</summary>
    /// <param name="request">The election, the candidate's lease and what it has to say.</param>
    /// <param name="cancellationToken">Canceled when the caller is gone.</param>
    public async ValueTask<Wire.CampaignResponse> CampaignAsync(Wire.CampaignRequest request, CancellationToken cancellationToken)
    {
        var lease = await CallerLease.OrNewAsync(coordination, request.Lease, cancellationToken);
        var place = new PlaceInLine(coordination, PlaceInLine.PrefixOf(request.Name.Memory), lease);
        var taken = await place.TakeAsync(request.Value.Memory, new RangeRequest(place.Key), cancellationToken);
        var own = ((RangeResponse)taken.Responses[1]).KeyValues[0];
        var seat = new Seat(place.Key, own.CreateRevision, lease);
        try
        {
            if (!own.Value.Span.SequenceEqual(request.Value.Span))
                await ProclaimAsync(seat, request.Value.Memory, cancellationToken);
            await place.WaitForTurnAsync(seat.Revision, cancellationToken);
            await ExpectStillCandidateAsync(seat, cancellationToken);
        }
        catch
        {
            await PlaceInLine.GiveUpAsync(async () => await ResignAsync(seat, CancellationToken.None));
            throw;
        }

        return new Wire.CampaignResponse { Header = EtcdResponses.ToWire(taken.Header), Leader = ToWire(seat, request.Name) };
    }

    /// <summary>Changes what the leader has to say.</summary>
    /// <param name="request">The leader's proof, and what it says.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<ResponseHeader> ProclaimAsync(Wire.ProclaimRequest request, CancellationToken cancellationToken)
    {
        var leader = request.Leader ?? throw MissingLeader();
        var lease = await CallerLease.OrNewAsync(coordination, leader.Lease, cancellationToken);
        return await ProclaimAsync(new Seat(leader.Key.Memory, leader.Rev, lease), request.Value.Memory, cancellationToken);
    }

    /// <summary>Who leads.</summary>
    /// <param name="request">The election.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<Wire.LeaderResponse> LeaderAsync(Wire.LeaderRequest request, CancellationToken cancellationToken)
    {
        var first = PlaceInLine.FirstOf(PlaceInLine.PrefixOf(request.Name.Memory));
        var found = await coordination.RangeAsync(first, cancellationToken);
        return found.KeyValues is [var leader, ..]
            ? new Wire.LeaderResponse { Header = EtcdResponses.ToWire(found.Header), Kv = EtcdResponses.ToWire(leader) }
            : throw new GrpcException(GrpcCode.Unknown, "election: no leader");
    }

    /// <summary>Gives leadership up; who has lost it already gives nothing up, and is not told.</summary>
    /// <param name="request">The leader's proof.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask<ResponseHeader> ResignAsync(Wire.ResignRequest request, CancellationToken cancellationToken)
    {
        var leader = request.Leader ?? throw MissingLeader();
        return ResignAsync(new Seat(leader.Key.Memory, leader.Rev, leader.Lease), cancellationToken);
    }

    private async ValueTask<ResponseHeader> ProclaimAsync(Seat seat, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        var request = new TxnRequest([seat.IsHeld], [new PutRequest(seat.Key, value, seat.Lease)], []);
        var response = await coordination.TxnAsync(request, cancellationToken);
        return response.Succeeded ? response.Header : throw new GrpcException(GrpcCode.Unknown, "election: not leader");
    }

    private async ValueTask<ResponseHeader> ResignAsync(Seat seat, CancellationToken cancellationToken)
    {
        var request = new TxnRequest([seat.IsHeld], [new DeleteRangeRequest(seat.Key)], []);
        return (await coordination.TxnAsync(request, cancellationToken)).Header;
    }

    // The lease may have ended while the candidate waited: then it leads nothing, though nobody stands in front of it. etcd 3.4 does not look.
    private async ValueTask ExpectStillCandidateAsync(Seat seat, CancellationToken cancellationToken)
    {
        var found = await coordination.RangeAsync(new RangeRequest(seat.Key), cancellationToken);
        if (found.KeyValues is not [var own, ..] || own.CreateRevision != seat.Revision)
            throw new GrpcException(GrpcCode.Unknown, "election: not leader");
    }

    private static Wire.LeaderKey ToWire(Seat seat, ByteString name) =>
        new() { Name = name, Key = UnsafeByteOperations.UnsafeWrap(seat.Key), Rev = seat.Revision, Lease = seat.Lease };

    private static GrpcException MissingLeader() => new(GrpcCode.Unknown, "\"leader\" field must be provided");

    /// <summary>A candidate's key with the revision that created it: held as long as that is the key's.</summary>
    private readonly record struct Seat(ReadOnlyMemory<byte> Key, long Revision, long Lease)
    {
        public Compare IsHeld => new(CompareResult.Equal, KeyField.CreateRevision, Key, default, Revision, default);
    }
}
