using Quorate.Services.Recipes.Keys;
using Quorate.Services.Recipes.Lines;
using Quorate.Services.Recipes.Providers;
using Quorate.Services.Recipes.Sessions;
using Quorate.Services.Recipes.Watches;

namespace Quorate.Services.Recipes.Barriers;

/// <summary>One participant between the halves of a double barrier.</summary>
/// <param name="turns">The client's strand.</param>
/// <param name="calls">The store.</param>
/// <param name="waits">Waits for changes.</param>
/// <param name="barrier">The barrier.</param>
/// <param name="session">The session.</param>
/// <param name="key">The participant's key.</param>
/// <param name="round">The round.</param>
internal sealed class BarrierPassage(
    Turns turns, StoreCalls calls, KeyWaits waits, DoubleBarrier barrier, SessionKeys session, byte[] key, long round) : IBarrierPassage
{
    private int left;

    /// <inheritdoc/>
    public long Round => round;

    /// <inheritdoc/>
    public CancellationToken Lost => session.Session.Lost;

    /// <inheritdoc/>
    public async ValueTask LeaveAsync(CancellationToken cancellationToken = default) =>
        await turns.OnAsync(DoLeaveAsync, true, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref left, 1) == 0)
            await turns.OnAsync(RemoveAsync, true, default);
    }

    private async ValueTask<bool> DoLeaveAsync(bool _, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref left, 1) == 0)
            await RemoveAsync(true, cancellationToken);
        // Only those of this round: who enters the next one already must not be waited for.
        var request = barrier.Read(round);
        while (true)
        {
            var look = await calls.UntilAnsweredAsync((p, c) => p.RangeAsync(request, c), cancellationToken);
            if (look.KeyValues.Count == 0)
                return true;
            await waits.UntilAsync(KeySpan.One(look.KeyValues[0].Key), look.Header.Revision, static e => e.IsDelete, cancellationToken);
        }
    }

    private async ValueTask<bool> RemoveAsync(bool _, CancellationToken cancellationToken)
    {
        await session.RemoveAsync(key);
        return true;
    }
}
