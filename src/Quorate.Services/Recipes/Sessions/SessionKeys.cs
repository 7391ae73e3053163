using Quorate.Services.Coordination;
using Quorate.Services.Recipes.Keys;
using Quorate.Services.Recipes.Providers;

namespace Quorate.Services.Recipes.Sessions;

/// <summary>
/// The keys of a session: they live as long as its lease. A write whose outcome is not known may be applied late, also after what it made was
/// taken back. So every write is conditional on the session's own key, and taking back after an unknown write moves that key on: what is
/// late then finds its condition broken. On the strand.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="calls">The store.</param>
/// <param name="ownKey">The session's own key.</param>
/// <param name="owner">What stands in it.</param>
internal sealed class SessionKeys(Session session, StoreCalls calls, byte[] ownKey, byte[] owner)
{
    private long ownRevision;
    private bool isAnyUnknown;
    private long made;

    /// <summary>The session.</summary>
    public Session Session => session;

    /// <summary>Reads the session's own key, which is there while the store knows its lease.</summary>
    public RangeRequest Sign => new(ownKey, KeysOnly: true);

    /// <summary>The session's own key.</summary>
    public ReadOnlyMemory<byte> OwnKey => ownKey;

    /// <summary>A number that no other key of this session has.</summary>
    public long NextNumber() => ++made;

    /// <summary>Makes the session's own key.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False where the session was lost meanwhile.</returns>
    public async Task<bool> TryBeginAsync(CancellationToken cancellationToken)
    {
        var request = new TxnRequest(
            [If.CreatedAt(ownKey, 0)], [new PutRequest(ownKey, owner, session.Id)], [new RangeRequest(ownKey, KeysOnly: true)]);
        try
        {
            var begun = await calls.UntilAnsweredAsync((p, c) => p.TxnAsync(request, c), cancellationToken);
            ownRevision = begun.Succeeded ? begun.Header.Revision : ((RangeResponse)begun.Responses[0]).KeyValues[0].ModRevision;
            return session.IsTrusted;
        }
        catch (CoordinationException e) when (e.Error == CoordinationError.LeaseNotFound)
        {
            session.End("the store has ended its lease");
            return false;
        }
    }

    /// <summary>
    /// Makes a key that is not there, once, however often it has to be asked; with reads in the same atomic step.
    /// </summary>
    /// <param name="key">The key: nobody else makes it.</param>
    /// <param name="value">Its value.</param>
    /// <param name="condition">What must hold beside; null for nothing.</param>
    /// <param name="reads">What is read with it.</param>
    /// <param name="cancellationToken">Gives up: then <see cref="RemoveAsync"/> must follow.</param>
    /// <returns>The revision that made it, and what was read; the revision is 0 where the condition does not hold.</returns>
    /// <exception cref="SessionLostException">The session is lost.</exception>
    public async Task<MadeKey> MakeAsync(
        ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, Compare? condition, IReadOnlyList<RangeRequest> reads,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            var own = ownRevision;
            Compare[] compares = [If.WrittenAt(ownKey, own), If.CreatedAt(key, 0), .. condition is null ? [] : new[] { condition }];
            Operation[] look = [new RangeRequest(key, KeysOnly: true), new RangeRequest(ownKey, KeysOnly: true), .. reads];
            var response = await TryWriteAsync(
                new TxnRequest(compares, [new PutRequest(key, value, session.Id), .. reads], look), cancellationToken);
            if (response is { Succeeded: true })
                return new MadeKey(response.Header.Revision, response.Header.Revision, [.. response.Responses.Skip(1).Cast<RangeResponse>()]);
            if (response is null)
                continue;
            RangeResponse[] seen = [.. response.Responses.Cast<RangeResponse>()];
            if (seen[0].KeyValues is [var found])
                return new MadeKey(found.CreateRevision, response.Header.Revision, seen[2..]);
            MoveOn(seen[1]);
            if (own == ownRevision)
                return new MadeKey(0, response.Header.Revision, seen[2..]);
        }
    }

    /// <summary>
    /// Writes a key that others may have written, and hangs it on the session. Writes of one key come one after the other: an earlier one whose
    /// outcome is not known does not take the place of this one later.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value.</param>
    /// <param name="before">
    /// The own keys of lost sessions of this client that wrote the key: what is late of them finds its condition broken.
    /// </param>
    /// <param name="cancellationToken">Gives up: then <see cref="RemoveAsync"/> must follow, or another write.</param>
    /// <exception cref="SessionLostException">The session is lost.</exception>
    public async Task PutAsync(
        ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, IReadOnlyList<ReadOnlyMemory<byte>> before,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            var (own, isMoving) = (ownRevision, isAnyUnknown);
            var writes = new List<Operation> { new PutRequest(key, value, session.Id) };
            if (isMoving)
                writes.Add(new PutRequest(ownKey, owner, session.Id));
            writes.AddRange(before.Select(lost => new DeleteRangeRequest(lost)));
            var request = new TxnRequest([If.WrittenAt(ownKey, own)], writes, [new RangeRequest(ownKey, KeysOnly: true)]);
            if (await TryWriteAsync(request, cancellationToken) is not { } response)
                continue;
            if (!response.Succeeded)
            {
                MoveOn((RangeResponse)response.Responses[0]);
                continue;
            }

            if (isMoving && own == ownRevision)
                (ownRevision, isAnyUnknown) = (response.Header.Revision, false);
            return;
        }
    }

    /// <summary>
    /// Removes a key where it is this session's, so that no late write brings it back. Ends early when the session is lost: then it goes
    /// with it.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <exception cref="CoordinationException">The store is gone for good.</exception>
    public async Task RemoveAsync(ReadOnlyMemory<byte> key)
    {
        while (session.IsTrusted)
        {
            try
            {
                if (await TryRemoveAsync(key))
                    return;
            }
            catch (Exception e) when (e is SessionLostException or OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Writes once, under the session.</summary>
    /// <param name="request">The transaction.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where it may be tried again, after a pause that is over.</returns>
    /// <exception cref="SessionLostException">The session is lost.</exception>
    public async Task<TxnResponse?> TryWriteAsync(TxnRequest request, CancellationToken cancellationToken)
    {
        session.ThrowIfLost();
        var own = ownRevision;
        // What is given up half way is unknown, too.
        var isUnknown = true;
        try
        {
            var response = await calls.OnceAsync((p, c) => p.TxnAsync(request, c), cancellationToken);
            isUnknown = false;
            return response;
        }
        catch (CoordinationException e) when (e.Error == CoordinationError.LeaseNotFound)
        {
            session.End("the store has ended its lease");
            throw session.Exception();
        }
        catch (CoordinationException e)
        {
            isUnknown = StoreCalls.IsUnknown(e.Error);
            if (!CoordinationErrors.MayBeTriedAgain(e.Error))
                throw;
        }
        finally
        {
            isAnyUnknown |= isUnknown && own == ownRevision;
        }

        await calls.PauseAsync(cancellationToken);
        return null;
    }

    private async Task<bool> TryRemoveAsync(ReadOnlyMemory<byte> key)
    {
        var isOwn = new Compare(CompareResult.Equal, KeyField.Lease, key, default, session.Id, default);
        var delete = new TxnRequest([isOwn], [new DeleteRangeRequest(key)], []);
        if (!isAnyUnknown)
            return await TryWriteAsync(delete, session.Lost) is not null;
        var own = ownRevision;
        var response = await TryWriteAsync(
            new TxnRequest(
                [If.WrittenAt(ownKey, own)],
                [new PutRequest(ownKey, owner, session.Id), delete],
                [new RangeRequest(ownKey, KeysOnly: true), delete]),
            session.Lost);
        if (response is null)
            return false;
        if (!response.Succeeded)
            MoveOn((RangeResponse)response.Responses[0]);
        else if (own == ownRevision)
            (ownRevision, isAnyUnknown) = (response.Header.Revision, false);
        return true;
    }

    /// <summary>The session's own key was found elsewhere than expected: an earlier write moved it, or the session is over.</summary>
    private void MoveOn(RangeResponse own)
    {
        if (own.KeyValues is not [var found])
        {
            session.End("the store has ended its lease");
            throw session.Exception();
        }

        if (found.ModRevision > ownRevision)
            (ownRevision, isAnyUnknown) = (found.ModRevision, false);
    }
}
