using Quorate.Services.Coordination;
using Quorate.Services.Recipes.Keys;
using Quorate.Services.Recipes.Providers;
using Quorate.Services.Recipes.Watches;

namespace Quorate.Services.Recipes.Stores;

/// <summary>Keys with values, and writes that are refused when their holder is stale.</summary>
/// <param name="calls">The store.</param>
/// <param name="feed">Tells changes.</param>
internal sealed class KeyValueStore(StoreCalls calls, WatchFeed feed) : IKeyValueStore
{
    /// <inheritdoc/>
    public async ValueTask<KeyValue?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        var request = new RangeRequest(RecipeKeys.Bytes(key));
        return (await calls.OnceAsync((p, c) => p.RangeAsync(request, c), cancellationToken)).KeyValues is [var found] ? found : null;
    }

    /// <inheritdoc/>
    public async ValueTask<KeyRangeView> ListAsync(string prefix, CancellationToken cancellationToken = default)
    {
        var span = KeySpan.Below(prefix);
        var request = new RangeRequest(span.Key, span.End);
        var range = await calls.OnceAsync((p, c) => p.RangeAsync(request, c), cancellationToken);
        return new KeyRangeView(range.Header.Revision, range.KeyValues);
    }

    /// <inheritdoc/>
    public async ValueTask<long> PutAsync(
        string key, ReadOnlyMemory<byte> value, Fence? fence = null, CancellationToken cancellationToken = default)
    {
        var request = new TxnRequest([], [new PutRequest(RecipeKeys.Bytes(key), value)], []);
        return (await TxnAsync(request, fence, cancellationToken)).Header.Revision;
    }

    /// <inheritdoc/>
    public async ValueTask<long?> TryPutAsync(
        string key, long expectedRevision, ReadOnlyMemory<byte> value, Fence? fence = null, CancellationToken cancellationToken = default)
    {
        var bytes = RecipeKeys.Bytes(key);
        var request = new TxnRequest([If.WrittenAt(bytes, expectedRevision)], [new PutRequest(bytes, value)], []);
        var response = await TxnAsync(request, fence, cancellationToken);
        return response.Succeeded ? response.Header.Revision : null;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteAsync(string key, Fence? fence = null, CancellationToken cancellationToken = default)
    {
        var request = new TxnRequest([], [new DeleteRangeRequest(RecipeKeys.Bytes(key))], []);
        return ((DeleteRangeResponse)(await TxnAsync(request, fence, cancellationToken)).Responses[0]).Deleted > 0;
    }

    /// <inheritdoc/>
    public async ValueTask<TxnResponse> TxnAsync(TxnRequest request, Fence? fence = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (fence is not { } holder)
            return await calls.OnceAsync((p, c) => p.TxnAsync(request, c), cancellationToken);
        var guarded = new TxnRequest([If.Holds(holder)], [request], []);
        var response = await calls.OnceAsync((p, c) => p.TxnAsync(guarded, c), cancellationToken);
        if (!response.Succeeded)
            throw new StaleHolderException(holder);
        // Nested transactions have no header of their own.
        return ((TxnResponse)response.Responses[0]) with { Header = response.Header };
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<KeyChanges> WatchAsync(string prefix, long fromRevision = 0, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fromRevision);
        return feed.ReadAsync(KeySpan.Below(prefix), fromRevision, cancellationToken);
    }
}
