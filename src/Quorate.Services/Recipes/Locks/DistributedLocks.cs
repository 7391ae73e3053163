using Quorate.Services.Recipes.Keys;
using Quorate.Services.Recipes.Lines;

namespace Quorate.Services.Recipes.Locks;

/// <summary>Locks: lines with one place.</summary>
/// <param name="turns">The lines.</param>
/// <param name="keys">The keys.</param>
internal sealed class DistributedLocks(Turns turns, RecipeKeys keys) : IDistributedLocks
{
    /// <inheritdoc/>
    public async ValueTask<IHeld> AcquireAsync(string name, CancellationToken cancellationToken = default) =>
        await turns.AcquireAsync(LineOf(name), default, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IHeld?> TryAcquireAsync(string name, CancellationToken cancellationToken = default) =>
        await turns.TryAcquireAsync(LineOf(name), default, cancellationToken);

    private Line LineOf(string name) => Line.Of(name, keys.Of("lock", name));
}
