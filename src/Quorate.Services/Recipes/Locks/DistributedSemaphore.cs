using System.Globalization;
using Quorate.Services.Recipes.Keys;
using Quorate.Services.Recipes.Lines;

namespace Quorate.Services.Recipes.Locks;

/// <summary>Semaphores: lines with several places.</summary>
/// <param name="turns">The lines.</param>
/// <param name="keys">The keys.</param>
internal sealed class DistributedSemaphore(Turns turns, RecipeKeys keys) : ISemaphore
{
    private const int PlacesMax = 1000;

    /// <inheritdoc/>
    public async ValueTask<IHeld> AcquireAsync(string name, int places, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(places, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(places, PlacesMax);
        var value = RecipeKeys.Bytes(places.ToString(CultureInfo.InvariantCulture));
        return await turns.AcquireAsync(Line.Of(name, keys.Of("semaphore", name), places), value, cancellationToken);
    }
}
