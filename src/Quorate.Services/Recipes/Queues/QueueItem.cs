using Quorate.Services.Coordination;
using Quorate.Services.Recipes.Keys;
using Quorate.Services.Recipes.Lines;

namespace Quorate.Services.Recipes.Queues;

/// <summary>An item in the hands of its taker.</summary>
/// <param name="turns">The client's strand.</param>
/// <param name="held">The claim.</param>
/// <param name="item">The item's key.</param>
internal sealed class QueueItem(Turns turns, Held held, ReadOnlyMemory<byte> item) : IQueueItem
{
    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Value => held.Place.Value;

    /// <inheritdoc/>
    public string Name => held.Name;

    /// <inheritdoc/>
    public long Token => held.Token;

    /// <inheritdoc/>
    public Fence Fence => held.Fence;

    /// <inheritdoc/>
    public CancellationToken Lost => held.Lost;

    /// <inheritdoc/>
    public bool IsHeld => held.IsHeld;

    /// <inheritdoc/>
    public void ThrowIfLost() => held.ThrowIfLost();

    /// <inheritdoc/>
    public async ValueTask CompleteAsync(CancellationToken cancellationToken = default) =>
        await turns.OnAsync(DoCompleteAsync, true, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => held.DisposeAsync();

    private async ValueTask<bool> DoCompleteAsync(bool _, CancellationToken cancellationToken)
    {
        if (!held.IsHeld)
            throw new StaleHolderException(Fence);
        var keys = held.Place.Keys;
        var request = new TxnRequest(
            [If.Holds(Fence)], [new DeleteRangeRequest(held.Place.Key), new DeleteRangeRequest(item)], [keys.Sign]);
        for (var isFirst = true; ; isFirst = false)
        {
            if (await keys.TryWriteAsync(request, cancellationToken) is not { } response)
                continue;
            // While the session lives nobody else ends its claim: then it was an earlier attempt.
            var lives = !response.Succeeded && ((RangeResponse)response.Responses[0]).KeyValues.Count > 0;
            if (response.Succeeded || (!isFirst && lives))
                return true;
            throw isFirst ? new StaleHolderException(Fence) : keys.Session.Exception();
        }
    }
}
