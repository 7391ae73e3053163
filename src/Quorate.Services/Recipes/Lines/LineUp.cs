using System.Globalization;
using Quorate.Services.Coordination;
using Quorate.Services.Recipes.Keys;
using Quorate.Services.Recipes.Providers;
using Quorate.Services.Recipes.Sessions;
using Quorate.Services.Recipes.Watches;

namespace Quorate.Services.Recipes.Lines;

/// <summary>
/// Lining up, which locks, elections and semaphores are made of: a key on the session's lease, whose place is the revision that made it. Each
/// waits for the one before it only, so that who leaves wakes one. On the strand.
/// </summary>
/// <param name="sessions">The client's session.</param>
/// <param name="calls">The store.</param>
/// <param name="waits">Waits for changes.</param>
internal sealed class LineUp(SessionSource sessions, StoreCalls calls, KeyWaits waits)
{
    /// <summary>Joins a line and waits for the turn; joins anew where the session is lost meanwhile.</summary>
    /// <param name="line">The line.</param>
    /// <param name="value">What stands in the key.</param>
    /// <param name="cancellationToken">Gives up, and leaves the line.</param>
    public async Task<Place> WaitAsync(Line line, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        while (true)
        {
            var session = await sessions.CurrentAsync(cancellationToken);
            try
            {
                var place = NewPlace(line, session, value);
                if (await WaitAsync(place, cancellationToken))
                    return place;
            }
            catch (SessionLostException)
            {
                // With it the place in line: join anew.
            }
        }
    }

    /// <summary>Joins a line if the turn comes at once.</summary>
    /// <param name="line">The line.</param>
    /// <param name="value">What stands in the key.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where others are before.</returns>
    public async Task<Place?> TryAsync(Line line, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        while (true)
        {
            var session = await sessions.CurrentAsync(cancellationToken);
            var place = NewPlace(line, session, value);
            try
            {
                return await EnterAsync(place, cancellationToken) && place.Session.IsTrusted ? place : await LeftAsync(place);
            }
            catch (SessionLostException)
            {
                // Asked too late: ask anew.
            }
            catch
            {
                await place.LeaveAsync();
                throw;
            }
        }
    }

    private static Place NewPlace(Line line, SessionKeys session, ReadOnlyMemory<byte> value)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"{line.KeyPrefix}{session.Session.Id:x16}-{session.NextNumber()}");
        return new Place(line, session, RecipeKeys.Bytes(key), value);
    }

    private static async Task<Place?> LeftAsync(Place place)
    {
        await place.LeaveAsync();
        return null;
    }

    private async Task<bool> WaitAsync(Place place, CancellationToken cancellationToken)
    {
        try
        {
            if (await EnterAsync(place, cancellationToken))
            {
                place.Session.ThrowIfLost();
                return true;
            }

            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, place.Session.Lost);
            try
            {
                return await TurnAsync(place, either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw place.Session.Exception();
            }
        }
        catch (Exception e) when (e is not SessionLostException)
        {
            await place.LeaveAsync();
            throw;
        }
    }

    /// <summary>Makes the key.</summary>
    /// <returns>Whether the turn has come with it.</returns>
    private static async Task<bool> EnterAsync(Place place, CancellationToken cancellationToken)
    {
        var made = await place.Keys.MakeAsync(place.Key, place.Value, null, [place.Line.First()], cancellationToken);
        place.Token = made.Revision;
        var first = made.Reads[0].KeyValues;
        place.Check(first);
        // What blocks a reader are writers only: then its own key is not among them.
        return first.Count(kv => kv.CreateRevision < place.Token) < place.Line.Places;
    }

    private async Task<bool> TurnAsync(Place place, CancellationToken cancellationToken)
    {
        while (true)
        {
            var request = new TxnRequest([If.CreatedAt(place.Key, place.Token)], [place.Line.Before(place.Token)], []);
            var look = await calls.UntilAnsweredAsync((p, c) => p.TxnAsync(request, c), cancellationToken);
            place.Session.ThrowIfLost();
            if (!look.Succeeded)
                return false;
            var before = ((RangeResponse)look.Responses[0]).KeyValues;
            if (before.Count < place.Line.Places)
                return await WakeNextAsync(place, cancellationToken);
            await WaitForChangeAsync(place, before, look.Header.Revision, cancellationToken);
        }
    }

    private Task WaitForChangeAsync(Place place, IReadOnlyList<KeyValue> before, long revision, CancellationToken cancellationToken)
    {
        var line = place.Line;
        // The first waiter for several places may get any of them; who is behind it waits until it has got one, or has gone.
        return line.Places > 1 && before.Count == line.Places
            ? waits.UntilAsync(line.Blockers, revision, e => e.IsDelete, cancellationToken)
            : waits.UntilAsync(KeySpan.One(before[0].Key), revision, e => e.IsDelete || line.Places > 1, cancellationToken);
    }

    /// <summary>Where there are several places, who waited and got one says so to the one behind, who may get the next.</summary>
    private static async Task<bool> WakeNextAsync(Place place, CancellationToken cancellationToken)
    {
        if (place.Line.Places == 1)
            return true;
        var put = new TxnRequest(
            [If.CreatedAt(place.Key, place.Token)], [new PutRequest(place.Key, place.Value, place.Session.Id)], []);
        while (true)
        {
            if (await place.Keys.TryWriteAsync(put, cancellationToken) is { } response)
                return response.Succeeded;
        }
    }
}
