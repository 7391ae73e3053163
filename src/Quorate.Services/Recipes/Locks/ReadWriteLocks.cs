using Quorate.Services.Recipes.Keys;
using Quorate.Services.Recipes.Lines;

namespace Quorate.Services.Recipes.Locks;

/// <summary>Locks to read or write: one line, in which readers wait for writers only.</summary>
/// <param name="turns">The lines.</param>
/// <param name="keys">The keys.</param>
internal sealed class ReadWriteLocks(Turns turns, RecipeKeys keys) : IReadWriteLocks
{
    /// <inheritdoc/>
    public async ValueTask<IHeld> AcquireReadAsync(string name, CancellationToken cancellationToken = default)
    {
        var all = keys.Of("rw", name);
        return await turns.AcquireAsync(new Line(name, $"{all}r/", KeySpan.Below($"{all}w/"), 1), default, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<IHeld> AcquireWriteAsync(string name, CancellationToken cancellationToken = default)
    {
        var all = keys.Of("rw", name);
        return await turns.AcquireAsync(new Line(name, $"{all}w/", KeySpan.Below(all), 1), default, cancellationToken);
    }
}
