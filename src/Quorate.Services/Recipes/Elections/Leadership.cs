using Quorate.Services.Coordination;
using Quorate.Services.Recipes.Keys;
using Quorate.Services.Recipes.Lines;

namespace Quorate.Services.Recipes.Elections;

/// <summary>A leadership: a held place whose key says who leads.</summary>
/// <param name="turns">The lines.</param>
/// <param name="held">The place.</param>
internal sealed class Leadership(Turns turns, Held held) : ILeadership
{
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
    public async ValueTask ProclaimAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default) =>
        await turns.OnAsync(DoProclaimAsync, value, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => held.DisposeAsync();

    private async ValueTask<bool> DoProclaimAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        var place = held.Place;
        var put = new TxnRequest([If.Holds(Fence)], [new PutRequest(place.Key, value, place.Session.Id)], []);
        try
        {
            while (held.IsHeld)
            {
                if (await place.Keys.TryWriteAsync(put, cancellationToken) is { } response)
                    return response.Succeeded ? true : throw new StaleHolderException(Fence);
            }
        }
        catch (SessionLostException)
        {
            // Then it does not lead any more.
        }

        throw new StaleHolderException(Fence);
    }
}
