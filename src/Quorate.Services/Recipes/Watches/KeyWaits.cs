using System.Runtime.CompilerServices;
using Quorate.Services.Coordination;
using Quorate.Services.Recipes.Keys;

namespace Quorate.Services.Recipes.Watches;

/// <summary>Waits for one change of some keys.</summary>
/// <param name="feed">Tells the changes.</param>
internal sealed class KeyWaits(WatchFeed feed)
{
    /// <summary>Waits for the first event behind a revision that is wanted; where history is gone, it is time to look anyway.</summary>
    /// <param name="span">The keys.</param>
    /// <param name="seenRevision">What the caller has seen.</param>
    /// <param name="wanted">Which events.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task UntilAsync(KeySpan span, long seenRevision, Func<WatchEvent, bool> wanted, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var changes in feed.ReadAsync(span, seenRevision + 1, cancellationToken))
            {
                if (changes.Events.Any(wanted))
                    return;
            }
        }
        catch (WatchEndedException e) when (e.Reason == WatchEndReason.Compacted)
        {
            // What was compacted may have been the event: the caller reads the state and sees.
        }
    }

    /// <summary>Tells a state that is read, first as it is and then after each change; also where changes were compacted away meanwhile.</summary>
    /// <param name="span">The keys on which the state depends.</param>
    /// <param name="read">Reads the state.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<RangeResponse> StatesAsync(
        KeySpan span, Func<CancellationToken, Task<RangeResponse>> read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var state = await read(cancellationToken);
            yield return state;
            await UntilAsync(span, state.Header.Revision, static _ => true, cancellationToken);
        }
    }
}
