using Quorate.Cli.Scenarios.Clusters;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;
using Quorate.Services.Recipes.Providers;

namespace Quorate.Cli.Scenarios.Recipes;

/// <summary>The cluster as a client sees it over a network: any node answers, late or not at all, and requests and answers are lost.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="machine">The client's machine.</param>
internal sealed class RemoteProvider(SimulatedCluster cluster, IMachine machine) : ICoordinationProvider
{
    private const double LostPart = 0.02;
    private static readonly TimeSpan LatencyMax = TimeSpan.FromMilliseconds(6);
    private static readonly TimeSpan LateMax = TimeSpan.FromSeconds(4);

    /// <inheritdoc/>
    public ValueTask<RangeResponse> RangeAsync(RangeRequest request, CancellationToken cancellationToken) =>
        CallAsync(s => s.RangeAsync(request));

    /// <inheritdoc/>
    public ValueTask<TxnResponse> TxnAsync(TxnRequest request, CancellationToken cancellationToken) => CallAsync(s => s.TxnAsync(request));

    /// <inheritdoc/>
    public ValueTask<LeaseGrantResponse> LeaseGrantAsync(long ttlSeconds, CancellationToken cancellationToken) =>
        CallAsync(s => s.LeaseGrantAsync(0, ttlSeconds));

    /// <inheritdoc/>
    public ValueTask<LeaseKeepAliveResponse> LeaseKeepAliveAsync(long id, CancellationToken cancellationToken) =>
        CallAsync(s => s.LeaseKeepAliveAsync(id));

    /// <inheritdoc/>
    public ValueTask<ResponseHeader> LeaseRevokeAsync(long id, CancellationToken cancellationToken) => CallAsync(s => s.LeaseRevokeAsync(id));

    /// <inheritdoc/>
    public IWatchStream OpenWatchStream() => new RemoteStream(AnyNode().Service?.OpenWatchStream());

    private SimulatedNode AnyNode() => cluster.Nodes[machine.Random.Next(cluster.Nodes.Count)];

    private async ValueTask<T> CallAsync<T>(Func<ICoordination, ValueTask<T>> call)
    {
        var node = AnyNode();
        await TravelAsync();
        if (node.Service is not { } service)
            throw CoordinationErrors.Of(CoordinationError.NoLeader);
        try
        {
            var answer = await call(service);
            await TravelAsync();
            return answer;
        }
        catch (CoordinationException e) when (e.Error == CoordinationError.Stopped)
        {
            // This node's end is not the store's.
            throw CoordinationErrors.Of(CoordinationError.Timeout);
        }
    }

    /// <summary>Most messages are fast, some come late, and some never.</summary>
    private async Task TravelAsync()
    {
        var fate = cluster.IsEnding ? 1 : machine.Random.NextDouble();
        if (fate < LostPart)
            await new TaskCompletionSource().Task;
        var max = fate < 2 * LostPart ? LateMax : LatencyMax;
        await Task.Delay(max * machine.Random.NextDouble(), machine.Clock);
    }

    private sealed class RemoteStream(IWatchStream? stream) : IWatchStream
    {
        public void Create(WatchCreateRequest request) => stream?.Create(request);

        public void Cancel(long watchId) => stream?.Cancel(watchId);

        public void RequestProgress() => stream?.RequestProgress();

        public async ValueTask<WatchMessage?> ReadAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                return stream is null ? null : await stream.ReadAsync(cancellationToken);
            }
            catch (CoordinationException e) when (e.Error == CoordinationError.Stopped)
            {
                return null;
            }
        }

        public ValueTask DisposeAsync() => stream?.DisposeAsync() ?? default;
    }
}
