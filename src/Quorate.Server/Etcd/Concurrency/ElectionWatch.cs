using Quorate.Server.Etcd.Translation;
using Quorate.Server.Grpc;
using Quorate.Services.Coordination;

namespace Quorate.Server.Etcd.Concurrency;

/// <summary>Tells an observer who leads an election, and what the leader says, each time that either changes.</summary>
/// <param name="coordination">The service.</param>
/// <remarks>
/// Leaders that come and go while the observer is told of another may be passed over; what is told is in order.
/// Source: etcd 3.4, clientv3/concurrency/election.go, observe.
/// </remarks>
internal sealed class ElectionWatch(ICoordination coordination)
{
    /// <summary>Serves one observer.</summary>
    /// <param name="exchange">The call.</param>
    /// <param name="cancellationToken">Canceled when the caller is gone.</param>
    public async ValueTask ObserveAsync(IMessageExchange exchange, CancellationToken cancellationToken)
    {
        var request = await exchange.ReadNextAsync(Wire.LeaderRequest.Parser, cancellationToken) ?? new Wire.LeaderRequest();
        var prefix = PlaceInLine.PrefixOf(request.Name.Memory);
        while (true)
        {
            var found = await coordination.RangeAsync(PlaceInLine.FirstOf(prefix), cancellationToken);
            var (header, leader) = found.KeyValues is [var first, ..]
                ? (found.Header, first)
                : await WaitForCandidateAsync(prefix, found.Header.Revision + 1, cancellationToken);
            if (leader is null)
                continue;
            await TellAsync(exchange, header, leader, cancellationToken);
            await FollowAsync(exchange, leader.Key, header.Revision + 1, cancellationToken);
        }
    }

    private async ValueTask<(ResponseHeader Header, KeyValue? Leader)> WaitForCandidateAsync(
        ReadOnlyMemory<byte> prefix, long revision, CancellationToken cancellationToken)
    {
        var range = PlaceInLine.RangeOf(prefix);
        await using var watch = coordination.OpenWatchStream();
        watch.Create(new WatchCreateRequest(range.Key, range.RangeEnd, revision, NoDelete: true));
        while (await NextAsync(watch, cancellationToken) is { } message)
        {
            if (message.Events is [var first, ..])
                return (message.Header with { Revision = first.KeyValue.ModRevision }, first.KeyValue);
        }

        return default;
    }

    /// <summary>Tells what the leader says until its key is gone.</summary>
    private async ValueTask FollowAsync(
        IMessageExchange exchange, ReadOnlyMemory<byte> key, long revision, CancellationToken cancellationToken)
    {
        await using var watch = coordination.OpenWatchStream();
        watch.Create(new WatchCreateRequest(key, StartRevision: revision));
        while (await NextAsync(watch, cancellationToken) is { } message)
        {
            foreach (var e in message.Events)
            {
                if (e.IsDelete)
                    return;
                await TellAsync(exchange, message.Header, e.KeyValue, cancellationToken);
            }
        }
    }

    // Null when the watch ended because history is gone: then the election is looked at again.
    private static async ValueTask<WatchMessage?> NextAsync(IWatchStream watch, CancellationToken cancellationToken)
    {
        var message = await watch.ReadAsync(cancellationToken) ?? throw EtcdErrors.Of(CoordinationError.Stopped);
        return message.Canceled || message.Kind == WatchMessageKind.Canceled ? null : message;
    }

    private static ValueTask TellAsync(
        IMessageExchange exchange, ResponseHeader header, KeyValue leader, CancellationToken cancellationToken) =>
        exchange.WriteAsync(
            new Wire.LeaderResponse { Header = EtcdResponses.ToWire(header), Kv = EtcdResponses.ToWire(leader) }, cancellationToken);
}
