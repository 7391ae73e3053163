using Quorate.Services.Coordination;

namespace Quorate.Hosting;

/// <summary>A watch stream that ends with an error when its node fails.</summary>
/// <param name="stream">The node's stream.</param>
/// <param name="coordination">Knows when the node fails.</param>
internal sealed class HostedWatchStream(IWatchStream stream, HostedCoordination coordination) : IWatchStream
{
    /// <inheritdoc/>
    public void Create(WatchCreateRequest request) => stream.Create(request);

    /// <inheritdoc/>
    public void Cancel(long watchId) => stream.Cancel(watchId);

    /// <inheritdoc/>
    public void RequestProgress() => stream.RequestProgress();

    /// <inheritdoc/>
    public ValueTask<WatchMessage?> ReadAsync(CancellationToken cancellationToken = default) =>
        coordination.AnswerAsync(stream.ReadAsync(cancellationToken));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
