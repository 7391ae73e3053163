using System.Runtime.CompilerServices;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;
using Quorate.Services.Recipes.Keys;
using Quorate.Services.Recipes.Providers;
using Quorate.Services.Recipes.Timing;

namespace Quorate.Services.Recipes.Watches;

/// <summary>
/// One watch over as many streams as it takes: where a stream ends, breaks or falls silent it is opened anew at the revision where it was,
/// so that nothing is missing or doubled.
/// </summary>
/// <param name="machine">The machine, for its clock and chance.</param>
/// <param name="calls">The store.</param>
/// <param name="silenceMax">How long a stream may be silent before it is asked, and as long again before it is given up.</param>
internal sealed class WatchFeed(IMachine machine, StoreCalls calls, TimeSpan silenceMax)
{
    /// <summary>Tells what changes, whole revisions at a time, until it is cancelled.</summary>
    /// <param name="span">The keys.</param>
    /// <param name="fromRevision">The first revision that is told; 0 for what comes from now on.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="WatchEndedException">It cannot go on, and why.</exception>
    /// <exception cref="CoordinationException">The store is gone for good.</exception>
    public async IAsyncEnumerable<KeyChanges> ReadAsync(
        KeySpan span, long fromRevision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = fromRevision > 0 ? fromRevision : await NowAsync(span, cancellationToken) + 1;
        while (true)
        {
            var stream = calls.Provider.OpenWatchStream();
            try
            {
                stream.Create(new WatchCreateRequest(span.Key, span.End, StartRevision: next));
                while (await NextAsync(stream, cancellationToken) is { } message)
                {
                    ThrowIfEnded(message);
                    foreach (var changes in Changes(message, next))
                    {
                        yield return changes;
                        next = changes.Revision + 1;
                    }

                    if (message.Kind == WatchMessageKind.Progress)
                        next = Math.Max(next, message.Header.Revision + 1);
                }
            }
            finally
            {
                // A node that is gone does not answer, so nobody waits for it.
                _ = CloseAsync(stream);
            }

            await calls.PauseAsync(cancellationToken);
        }
    }

    private async Task<long> NowAsync(KeySpan span, CancellationToken cancellationToken)
    {
        var request = new RangeRequest(span.Key, span.End, CountOnly: true);
        return (await calls.UntilAnsweredAsync((p, c) => p.RangeAsync(request, c), cancellationToken)).Header.Revision;
    }

    private static void ThrowIfEnded(WatchMessage message)
    {
        if (!message.Canceled)
            return;
        throw message.CompactRevision > 0
            ? new WatchEndedException(
                WatchEndReason.Compacted, $"History before revision {message.CompactRevision} was compacted away.", message.CompactRevision)
            : new WatchEndedException(WatchEndReason.Refused, message.CancelReason ?? "The store ended the watch.");
    }

    /// <summary>The changes of a message that were not told before, one revision at a time.</summary>
    private static IEnumerable<KeyChanges> Changes(WatchMessage message, long next)
    {
        for (var i = 0; i < message.Events.Count;)
        {
            var revision = message.Events[i].KeyValue.ModRevision;
            var end = i + 1;
            while (end < message.Events.Count && message.Events[end].KeyValue.ModRevision == revision)
                end++;
            if (revision >= next)
                yield return new KeyChanges(revision, [.. message.Events.Skip(i).Take(end - i)]);
            i = end;
        }
    }

    /// <summary>The next message; null where the stream has ended, is broken, or does not answer.</summary>
    private async Task<WatchMessage?> NextAsync(IWatchStream stream, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var done = new CancellationTokenSource();
        var read = ReadOrEndAsync(stream, done.Token);
        try
        {
            if (await Waiting.EndsAsync(read, silenceMax, machine.Clock, cancellationToken))
                return await read;
            stream.RequestProgress();
            return await Waiting.EndsAsync(read, silenceMax, machine.Clock, cancellationToken) ? await read : null;
        }
        finally
        {
            done.Cancel();
        }
    }

    private static async Task<WatchMessage?> ReadOrEndAsync(IWatchStream stream, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            return null;
        }
        catch (CoordinationException e) when (CoordinationErrors.MayBeTriedAgain(e.Error))
        {
            return null;
        }
    }

    private static async Task CloseAsync(IWatchStream stream)
    {
        try
        {
            await stream.DisposeAsync();
        }
        catch (Exception e) when (e is ObjectDisposedException or CoordinationException)
        {
            // It ended with its node.
        }
    }
}
