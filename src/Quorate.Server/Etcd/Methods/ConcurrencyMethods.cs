using Quorate.Server.Etcd.Concurrency;
using Quorate.Server.Etcd.Translation;
using Quorate.Services.Coordination;

namespace Quorate.Server.Etcd.Methods;

/// <summary>The methods of the lock and election services: each call does what it does in the name of its caller.</summary>
internal static class ConcurrencyMethods
{
    /// <summary>Adds them.</summary>
    /// <param name="table">Where to.</param>
    public static void AddTo(MethodTable table)
    {
        table.Add("/v3lockpb.Lock/Lock", ["/lock/lock"], table.Waiting(
            Wire.LockRequest.Parser,
            InEtcdsWords<Wire.LockRequest, Wire.LockResponse>(static (store, r, c) => new LockCalls(store).LockAsync(r, c)),
            static r => r));
        table.Add("/v3lockpb.Lock/Unlock", ["/lock/unlock"], table.Waiting(
            Wire.UnlockRequest.Parser,
            InEtcdsWords<Wire.UnlockRequest, ResponseHeader>(static (store, r, c) => new LockCalls(store).UnlockAsync(r, c)),
            EtcdResponses.ToHeaderResponse));
        const string Service = "/v3electionpb.Election/";
        table.Add(Service + "Campaign", ["/election/campaign"], table.Waiting(
            Wire.CampaignRequest.Parser,
            InEtcdsWords<Wire.CampaignRequest, Wire.CampaignResponse>(static (store, r, c) => new ElectionCalls(store).CampaignAsync(r, c)),
            static r => r));
        table.Add(Service + "Proclaim", ["/election/proclaim"], table.Waiting(
            Wire.ProclaimRequest.Parser,
            InEtcdsWords<Wire.ProclaimRequest, ResponseHeader>(static (store, r, c) => new ElectionCalls(store).ProclaimAsync(r, c)),
            EtcdResponses.ToHeaderResponse));
        table.Add(Service + "Leader", ["/election/leader"], table.Waiting(
            Wire.LeaderRequest.Parser,
            InEtcdsWords<Wire.LeaderRequest, Wire.LeaderResponse>(static (store, r, c) => new ElectionCalls(store).LeaderAsync(r, c)),
            static r => r));
        table.Add(Service + "Resign", ["/election/resign"], table.Waiting(
            Wire.ResignRequest.Parser,
            InEtcdsWords<Wire.ResignRequest, ResponseHeader>(static (store, r, c) => new ElectionCalls(store).ResignAsync(r, c)),
            EtcdResponses.ToHeaderResponse));
        table.Add(Service + "Observe", ["/election/observe"], table.Stream(
            static (calls, exchange, c) => new ElectionWatch(calls.Coordination).ObserveAsync(exchange, c), takesMany: false));
    }

    // In etcd these services are clients of its own API, and what that answers reaches the caller with its text, but as UNKNOWN.
    private static Func<ClientServices, TWire, CancellationToken, ValueTask<TResponse>> InEtcdsWords<TWire, TResponse>(
        Func<ICoordination, TWire, CancellationToken, ValueTask<TResponse>> handle) => async (calls, request, cancellationToken) =>
    {
        try
        {
            return await handle(calls.Coordination, request, cancellationToken);
        }
        catch (CoordinationException e)
        {
            throw new GrpcException(GrpcCode.Unknown, EtcdErrors.Of(e.Error, e.Message).Message);
        }
    };
}
