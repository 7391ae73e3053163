using System.Globalization;
using Quorate.Services.Coordination;
using Quorate.Services.Recipes.Keys;
using Quorate.Services.Recipes.Lines;
using Quorate.Services.Recipes.Providers;
using Quorate.Services.Recipes.Sessions;
using Quorate.Services.Recipes.Watches;

namespace Quorate.Services.Recipes.Barriers;

/// <summary>
/// Barriers: a key that is there while the barrier is up. Double barriers: a key of each participant, and one that is written when enough of
/// them are there; the revision of that is the round, and everybody is of the round that was written after its own key.
/// </summary>
/// <param name="turns">The client's strand.</param>
/// <param name="keys">The keys.</param>
/// <param name="sessions">The client's session.</param>
/// <param name="calls">The store.</param>
/// <param name="waits">Waits for changes.</param>
internal sealed class NamedBarriers(Turns turns, RecipeKeys keys, SessionSource sessions, StoreCalls calls, KeyWaits waits) : IBarrier
{
    private const int ParticipantsMax = 1000;

    /// <inheritdoc/>
    public async ValueTask RaiseAsync(string name, CancellationToken cancellationToken = default)
    {
        var key = RecipeKeys.Bytes(keys.Of("barrier", name));
        await WriteAsync(new TxnRequest([If.CreatedAt(key, 0)], [new PutRequest(key, default)], []), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask LowerAsync(string name, CancellationToken cancellationToken = default)
    {
        var key = RecipeKeys.Bytes(keys.Of("barrier", name));
        await WriteAsync(new TxnRequest([], [new DeleteRangeRequest(key)], []), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask WaitAsync(string name, CancellationToken cancellationToken = default)
    {
        var key = RecipeKeys.Bytes(keys.Of("barrier", name));
        var request = new RangeRequest(key, KeysOnly: true);
        await foreach (var state in waits.StatesAsync(
            KeySpan.One(key), async c => await calls.UntilAnsweredAsync((p, t) => p.RangeAsync(request, t), c), cancellationToken))
        {
            if (state.KeyValues.Count == 0)
                return;
        }
    }

    /// <inheritdoc/>
    public ValueTask<IBarrierPassage> EnterAsync(string name, int participants, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(participants, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(participants, ParticipantsMax);
        return turns.OnAsync(DoEnterAsync, new DoubleBarrier(keys.Of("double-barrier", name), participants), cancellationToken);
    }

    private async Task WriteAsync(TxnRequest request, CancellationToken cancellationToken) =>
        await calls.UntilAnsweredAsync((p, c) => p.TxnAsync(request, c), cancellationToken);

    private async ValueTask<IBarrierPassage> DoEnterAsync(DoubleBarrier barrier, CancellationToken cancellationToken)
    {
        var session = await sessions.CurrentAsync(cancellationToken);
        var key = RecipeKeys.Bytes(string.Create(
            CultureInfo.InvariantCulture, $"{barrier.Members}{session.Session.Id:x16}-{session.NextNumber()}"));
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, session.Session.Lost);
        try
        {
            var made = await session.MakeAsync(key, default, null, [], either.Token);
            var round = await RoundAsync(barrier, session, made.Revision, either.Token);
            session.Session.ThrowIfLost();
            return new BarrierPassage(turns, calls, waits, barrier, session, key, round);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw session.Session.Exception();
        }
        catch (Exception e) when (e is not SessionLostException)
        {
            await session.RemoveAsync(key);
            throw;
        }
    }

    /// <summary>Waits for the round that begins after a participant's key was made; begins it where enough are there.</summary>
    private async Task<long> RoundAsync(DoubleBarrier barrier, SessionKeys session, long own, CancellationToken cancellationToken)
    {
        while (true)
        {
            var look = await calls.UntilAnsweredAsync((p, c) => p.TxnAsync(barrier.Look, c), cancellationToken);
            var round = ((RangeResponse)look.Responses[0]).KeyValues is [var found] ? found.ModRevision : 0;
            if (round > own)
                return round;
            var there = ((RangeResponse)look.Responses[1]).KeyValues.Count(kv => kv.CreateRevision > round);
            if (there < barrier.Participants)
            {
                await waits.UntilAsync(barrier.All, look.Header.Revision, static e => !e.IsDelete, cancellationToken);
                continue;
            }

            await session.TryWriteAsync(
                new TxnRequest([If.WrittenAt(barrier.RoundKey, round)], [new PutRequest(barrier.RoundKey, default)], []), cancellationToken);
        }
    }
}
