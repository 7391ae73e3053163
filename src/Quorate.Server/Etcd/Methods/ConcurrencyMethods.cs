using Google.Protobuf;
using Quorate.Server.Etcd.Concurrency;
using Quorate.Server.Etcd.Translation;
using Quorate.Server.Grpc;
using Quorate.Services.Coordination;

namespace Quorate.Server.Etcd.Methods;

/// <summary>The methods of the lock and election services.</summary>
internal static class ConcurrencyMethods
{
    /// <summary>Adds them.</summary>
    /// <param name="table">Where to.</param>
    /// <param name="coordination">The service.</param>
    public static void AddTo(MethodTable table, ICoordination coordination)
    {
        var locks = new LockCalls(coordination);
        table.Add("/v3lockpb.Lock/Lock", ["/lock/lock"], Waiting(Wire.LockRequest.Parser, locks.LockAsync, static r => r));
        table.Add("/v3lockpb.Lock/Unlock", ["/lock/unlock"], Waiting(
            Wire.UnlockRequest.Parser, locks.UnlockAsync, EtcdResponses.ToHeaderResponse));
        var elections = new ElectionCalls(coordination);
        const string Service = "/v3electionpb.Election/";
        table.Add(Service + "Campaign", ["/election/campaign"], Waiting(
            Wire.CampaignRequest.Parser, elections.CampaignAsync, static r => r));
        table.Add(Service + "Proclaim", ["/election/proclaim"], Waiting(
            Wire.ProclaimRequest.Parser, elections.ProclaimAsync, EtcdResponses.ToHeaderResponse));
        table.Add(Service + "Leader", ["/election/leader"], Waiting(Wire.LeaderRequest.Parser, elections.LeaderAsync, static r => r));
        table.Add(Service + "Resign", ["/election/resign"], Waiting(
            Wire.ResignRequest.Parser, elections.ResignAsync, EtcdResponses.ToHeaderResponse));
        table.Add(Service + "Observe", ["/election/observe"], new StreamMethod(
            new ElectionWatch(coordination).ObserveAsync, takesMany: false));
    }

    private static UnaryMethod<TWire, TWire, TResponse> Waiting<TWire, TResponse>(
        MessageParser<TWire> parser, Func<TWire, CancellationToken, ValueTask<TResponse>> handle, Func<TResponse, IMessage> encode)
        where TWire : class, IMessage<TWire>, new() =>
        new(parser, static request => request, (request, c) => InEtcdsWordsAsync(handle, request, c), encode, waits: true);

    // In etcd these services are clients of its own API, and what that answers reaches the caller with its text, but as UNKNOWN.
    private static async ValueTask<TResponse> InEtcdsWordsAsync<TWire, TResponse>(
        Func<TWire, CancellationToken, ValueTask<TResponse>> handle, TWire request, CancellationToken cancellationToken)
    {
        try
        {
            return await handle(request, cancellationToken);
        }
        catch (CoordinationException e)
        {
            throw new GrpcException(GrpcCode.Unknown, EtcdErrors.Of(e.Error, e.Message).Message);
        }
    }
}
