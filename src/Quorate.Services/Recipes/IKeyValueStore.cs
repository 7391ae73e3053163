using Quorate.Services.Coordination;

namespace Quorate.Services.Recipes;

/// <summary>Keys with values and revisions.</summary>
/// <remarks>
/// Guarantee: reads and writes are linearizable; a guarded write is refused when its holder is stale, in the same atomic step; a watch tells
/// every change once, in order, over the loss of nodes, and ends for a reason only.
/// Cost: one write or read of the store each.
/// Fails when: no majority is there: then calls end with <see cref="CoordinationException"/> in time. A write that ended with
/// <see cref="CoordinationError.Timeout"/> may have happened or happen yet.
/// </remarks>
public interface IKeyValueStore
{
    /// <summary>Reads a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where it is not there.</returns>
    ValueTask<KeyValue?> GetAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>Reads all keys that begin with something, in their order, as of one revision.</summary>
    /// <param name="prefix">What they begin with; empty for all keys.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<KeyRangeView> ListAsync(string prefix, CancellationToken cancellationToken = default);

    /// <summary>Writes a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="fence">Whose write it is: refused when that holder is stale. Null: nobody's.</param>
    /// <param name="cancellationToken">Gives up; it may be written or not.</param>
    /// <returns>The revision of the write.</returns>
    /// <exception cref="StaleHolderException">The holder is stale.</exception>
    ValueTask<long> PutAsync(string key, ReadOnlyMemory<byte> value, Fence? fence = null, CancellationToken cancellationToken = default);

    /// <summary>Writes a key if it was last written at a revision.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expectedRevision">The revision that last wrote it; 0 where it must not be there.</param>
    /// <param name="value">The value.</param>
    /// <param name="fence">Whose write it is. Null: nobody's.</param>
    /// <param name="cancellationToken">Gives up; it may be written or not.</param>
    /// <returns>The revision of the write, or null where somebody else wrote in between.</returns>
    /// <exception cref="StaleHolderException">The holder is stale.</exception>
    ValueTask<long?> TryPutAsync(
        string key, long expectedRevision, ReadOnlyMemory<byte> value, Fence? fence = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fence">Whose deletion it is. Null: nobody's.</param>
    /// <param name="cancellationToken">Gives up; it may be deleted or not.</param>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="StaleHolderException">The holder is stale.</exception>
    ValueTask<bool> DeleteAsync(string key, Fence? fence = null, CancellationToken cancellationToken = default);

    /// <summary>Compares, and then does one of two lists of operations, as one atomic step; refused when the holder is stale.</summary>
    /// <param name="request">The transaction.</param>
    /// <param name="fence">Whose it is. Null: nobody's.</param>
    /// <param name="cancellationToken">Gives up; it may be done or not.</param>
    /// <exception cref="StaleHolderException">The holder is stale.</exception>
    ValueTask<TxnResponse> TxnAsync(TxnRequest request, Fence? fence = null, CancellationToken cancellationToken = default);

    /// <summary>Tells every change of keys that begin with something, one transaction at a time.</summary>
    /// <param name="prefix">What they begin with; empty for all keys.</param>
    /// <param name="fromRevision">The first revision that is told; 0 for what comes from now on.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="WatchEndedException">It cannot go on, and why.</exception>
    IAsyncEnumerable<KeyChanges> WatchAsync(string prefix, long fromRevision = 0, CancellationToken cancellationToken = default);
}

/// <summary>Keys as of a revision.</summary>
/// <param name="Revision">The revision; a watch from the next one on misses nothing.</param>
/// <param name="KeyValues">The keys, in their order.</param>
public sealed record KeyRangeView(long Revision, IReadOnlyList<KeyValue> KeyValues);

/// <summary>What one transaction changed.</summary>
/// <param name="Revision">Its revision.</param>
/// <param name="Events">Its changes.</param>
public sealed record KeyChanges(long Revision, IReadOnlyList<WatchEvent> Events);
