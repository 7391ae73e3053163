using Quorate.Services.Coordination;

namespace Quorate.Client.Watches;

/// <summary>A stream that was refused: reading it says why.</summary>
/// <param name="why">Why.</param>
internal sealed class RefusedWatchStream(CoordinationException why) : IWatchStream
{
    /// <inheritdoc/>
    public void Create(WatchCreateRequest request)
    {
        // Nobody will see it.
    }

    /// <inheritdoc/>
    public void Cancel(long watchId)
    {
        // There is none.
    }

    /// <inheritdoc/>
    public void RequestProgress()
    {
        // There is none.
    }

    /// <inheritdoc/>
    public ValueTask<WatchMessage?> ReadAsync(CancellationToken cancellationToken = default) => ValueTask.FromException<WatchMessage?>(why);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => default;
}
