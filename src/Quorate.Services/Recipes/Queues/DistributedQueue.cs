using Quorate.Services.Coordination;
using Quorate.Services.Recipes.Keys;
using Quorate.Services.Recipes.Lines;
using Quorate.Services.Recipes.Providers;
using Quorate.Services.Recipes.Sessions;
using Quorate.Services.Recipes.Watches;

namespace Quorate.Services.Recipes.Queues;

/// <summary>
/// Queues: a key of each item, in the order of the revisions that made them, and one on the taker's session for each item that is taken. Takers
/// line up, and only the first of the line looks at the items.
/// </summary>
/// <param name="turns">The client's strand.</param>
/// <param name="keys">The keys.</param>
/// <param name="sessions">The client's session.</param>
/// <param name="lineUp">The lines.</param>
/// <param name="calls">The store.</param>
/// <param name="waits">Waits for changes.</param>
internal sealed class DistributedQueue(
    Turns turns, RecipeKeys keys, SessionSource sessions, LineUp lineUp, StoreCalls calls, KeyWaits waits) : IDistributedQueue
{
    private readonly SortedDictionary<string, QueueSender> senders = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async ValueTask EnqueueAsync(string queue, ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default) =>
        await turns.OnAsync(DoEnqueueAsync, (KeysOf(queue), value), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IQueueItem> TakeAsync(string queue, CancellationToken cancellationToken = default) =>
        turns.OnAsync(DoTakeAsync, KeysOf(queue), cancellationToken);

    private QueueKeys KeysOf(string queue) => new(queue, keys.Of("queue", queue));

    private async ValueTask<bool> DoEnqueueAsync((QueueKeys Queue, ReadOnlyMemory<byte> Value) asked, CancellationToken cancellationToken)
    {
        var session = await sessions.CurrentAsync(cancellationToken);
        if (!senders.TryGetValue(asked.Queue.Name, out var sender) || sender.Session != session)
            sender = senders[asked.Queue.Name] = new QueueSender(asked.Queue, session);
        await sender.SendAsync(asked.Value, cancellationToken);
        return true;
    }

    private async ValueTask<IQueueItem> DoTakeAsync(QueueKeys queue, CancellationToken cancellationToken)
    {
        while (true)
        {
            var first = await lineUp.WaitAsync(Line.Of(queue.Name, queue.Takers), default, cancellationToken);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, first.Session.Lost);
            try
            {
                return await ClaimAsync(queue, first, either.Token);
            }
            catch (SessionLostException)
            {
                // With it the place in line.
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The same.
            }
            finally
            {
                await first.LeaveAsync();
            }
        }
    }

    /// <summary>Waits for the first item that nobody has, and takes it.</summary>
    private async Task<IQueueItem> ClaimAsync(QueueKeys queue, Place first, CancellationToken cancellationToken)
    {
        while (true)
        {
            var look = await calls.UntilAnsweredAsync((p, c) => p.TxnAsync(queue.Look, c), cancellationToken);
            if (queue.FirstFree(look) is { } item)
            {
                if (await TryClaimAsync(queue, first.Keys, item, cancellationToken) is { } taken)
                    return taken;
                continue;
            }

            await waits.UntilAsync(queue.All, look.Header.Revision, queue.MayFree, cancellationToken);
        }
    }

    private async Task<IQueueItem?> TryClaimAsync(QueueKeys queue, SessionKeys session, KeyValue item, CancellationToken cancellationToken)
    {
        var claim = queue.ClaimOf(item);
        try
        {
            var isThere = If.CreatedAt(item.Key, item.CreateRevision);
            var made = await session.MakeAsync(claim, default, isThere, [new RangeRequest(item.Key)], cancellationToken);
            if (made.Revision == 0 || made.Reads[0].KeyValues is not [var found])
                return null;
            session.Session.ThrowIfLost();
            var place = new Place(Line.Of(queue.Name, queue.Claims), session, claim, found.Value) { Token = made.Revision };
            return new QueueItem(turns, turns.Give(place), item.Key);
        }
        catch (Exception e) when (e is not SessionLostException)
        {
            await session.RemoveAsync(claim);
            throw;
        }
    }
}
