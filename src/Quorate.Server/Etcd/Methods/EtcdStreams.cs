using Quorate.Server.Etcd.Translation;
using Quorate.Server.Grpc;
using Quorate.Services.Coordination;

namespace Quorate.Server.Etcd.Methods;

/// <summary>etcd's two methods that are streams both ways: Watch and LeaseKeepAlive.</summary>
/// <param name="calls">The services, for the stream's caller.</param>
internal sealed class EtcdStreams(ClientServices calls)
{
    private static readonly TimeSpan LeaderCheckInterval = TimeSpan.FromSeconds(1);

    // A stream that asks for a leader ends when this many checks in a row have found none: about as long as etcd's three election timeouts.
    private const int LeaderlessChecksMax = 3;

    /// <summary>Serves many watches over one stream.</summary>
    public async ValueTask WatchAsync(IMessageExchange exchange, CancellationToken cancellationToken)
    {
        await calls.Authentication.SettleAsync(cancellationToken);
        await using var watches = calls.Coordination.OpenWatchStream();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // Whichever ends first ends the call: the client is gone, or the store is stopping. A client that has only closed its side goes on
        // being told, as in etcd: that is how a watch of one request comes over plain HTTP.
        await RunUntilFirstAsync(
            ending,
            ReceiveWatchesAsync(exchange, watches, ending.Token),
            SendWatchesAsync(exchange, watches, ending.Token),
            WaitForLossOfLeaderAsync(exchange, ending.Token));
    }

    /// <summary>Renews leases, one answer for each request and in their order.</summary>
    public async ValueTask KeepAliveAsync(IMessageExchange exchange, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await RunUntilFirstAsync(ending, RenewAsync(exchange, ending.Token), WaitForLossOfLeaderAsync(exchange, ending.Token));
    }

    private async Task RenewAsync(IMessageExchange exchange, CancellationToken cancellationToken)
    {
        while (await exchange.ReadNextAsync(Wire.LeaseKeepAliveRequest.Parser, cancellationToken) is { } request)
        {
            var renewed = await calls.Coordination.LeaseKeepAliveAsync(request.ID, cancellationToken);
            await exchange.WriteAsync(EtcdResponses.ToWire(renewed), cancellationToken);
        }
    }

    private static async Task ReceiveWatchesAsync(IMessageExchange exchange, IWatchStream watches, CancellationToken cancellationToken)
    {
        while (await exchange.ReadNextAsync(Wire.WatchRequest.Parser, cancellationToken) is { } request)
        {
            switch (request.RequestUnionCase)
            {
                case Wire.WatchRequest.RequestUnionOneofCase.CreateRequest:
                    watches.Create(EtcdRequests.ToRequest(request.CreateRequest));
                    break;
                case Wire.WatchRequest.RequestUnionOneofCase.CancelRequest:
                    watches.Cancel(request.CancelRequest.WatchId);
                    break;
                case Wire.WatchRequest.RequestUnionOneofCase.ProgressRequest:
                    watches.RequestProgress();
                    break;
                default:
                    // As etcd: a request of a kind that is not known is passed over, so that newer clients can try.
                    break;
            }
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }

    private static async Task SendWatchesAsync(IMessageExchange exchange, IWatchStream watches, CancellationToken cancellationToken)
    {
        using var frames = new WatchFrames(exchange);
        while (true)
        {
            var reading = watches.ReadAsync(cancellationToken);
            // What is there already travels together.
            if (!reading.IsCompleted)
                await frames.FlushAsync(cancellationToken);
            if (await reading is not { } message)
                throw EtcdErrors.Of(CoordinationError.Stopped);
            await frames.WriteAsync(message, cancellationToken);
        }
    }

    private async Task WaitForLossOfLeaderAsync(IMessageExchange exchange, CancellationToken cancellationToken)
    {
        if (!exchange.AsksForLeader)
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        using var timer = new PeriodicTimer(LeaderCheckInterval);
        for (var leaderless = 0; leaderless < LeaderlessChecksMax;)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
            leaderless = (await calls.Coordination.StatusAsync(cancellationToken)).Leader == 0 ? leaderless + 1 : 0;
        }
        throw EtcdErrors.Of(CoordinationError.NoLeader);
    }

    private static async Task RunUntilFirstAsync(CancellationTokenSource ending, params Task[] tasks)
    {
        var first = await Task.WhenAny(tasks);
        await ending.CancelAsync();
        await Task.WhenAll(tasks).ContinueWith(static _ => { }, TaskScheduler.Default);
        await first;
    }
}
