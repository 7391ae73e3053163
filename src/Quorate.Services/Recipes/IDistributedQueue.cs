namespace Quorate.Services.Recipes;

/// <summary>Queues by name.</summary>
/// <remarks>
/// Guarantee: an item whose adding returned is taken until it is completed: it is held by one taker at a time, comes back first in line when
/// its taker dies or gives it back, and can be completed once. Items are taken in the order of adding; takers are served in the order of asking.
/// Cost: one write to add, three to take, one to complete; meant for work that matters, not for streams: at most 1,000 items are taken at once.
/// Fails when: the session is lost in the midst of adding: then nobody knows whether the item is there
/// (<see cref="SessionLostException"/>).
/// Source: ZooKeeper's recipe "Queues"; departures are in this folder's README.
/// </remarks>
public interface IDistributedQueue
{
    /// <summary>Adds an item at the end.</summary>
    /// <param name="queue">1 to 512 bytes.</param>
    /// <param name="value">The item.</param>
    /// <param name="cancellationToken">Gives up; the item may be there or not.</param>
    ValueTask EnqueueAsync(string queue, ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default);

    /// <summary>Waits for an item and takes it.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<IQueueItem> TakeAsync(string queue, CancellationToken cancellationToken = default);
}

/// <summary>An item that this client has taken. Disposing it before it is completed gives it back.</summary>
public interface IQueueItem : IHeld
{
    /// <summary>The item.</summary>
    ReadOnlyMemory<byte> Value { get; }

    /// <summary>Ends the item: nobody gets it again.</summary>
    /// <param name="cancellationToken">Gives up; it may be completed or not.</param>
    /// <exception cref="StaleHolderException">Somebody else may have it: it was not completed by this client.</exception>
    /// <exception cref="SessionLostException">The session was lost in the midst: it may be completed or not.</exception>
    ValueTask CompleteAsync(CancellationToken cancellationToken = default);
}
