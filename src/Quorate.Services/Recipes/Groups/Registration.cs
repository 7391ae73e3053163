using Quorate.Services.Coordination;
using Quorate.Services.Recipes.Lines;
using Quorate.Services.Recipes.Providers;
using Quorate.Services.Recipes.Sessions;
using Quorate.Services.Recipes.Timing;

namespace Quorate.Services.Recipes.Groups;

/// <summary>
/// A registration that lasts until it is disposed: where its session is lost it is made anew on the next one, and where its key is lost too.
/// </summary>
/// <param name="turns">The client's strand.</param>
/// <param name="sessions">The client's session.</param>
/// <param name="calls">The store.</param>
/// <param name="instance">The instance's name.</param>
/// <param name="key">Its key.</param>
/// <param name="value">What others are told of it.</param>
internal sealed class Registration(
    Turns turns, SessionSource sessions, StoreCalls calls, string instance, byte[] key, ReadOnlyMemory<byte> value) : IRegistration
{
    private readonly CancellationTokenSource stopping = new();

    // Lost sessions on which a write of this key may still be under way. Each lasted for most of its time, so there are few.
    private readonly List<SessionKeys> before = [];
    private ReadOnlyMemory<byte> current = value;
    private SessionKeys? session;
    private Task keeping = Task.CompletedTask;
    private Task lastWrite = Task.CompletedTask;

    /// <inheritdoc/>
    public string Instance => instance;

    /// <summary>Registers for the first time, and keeps it so.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask StartAsync(CancellationToken cancellationToken) => await turns.OnAsync(DoStartAsync, true, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask UpdateAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default) =>
        await turns.OnAsync(DoUpdateAsync, value, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask ConfirmAsync(CancellationToken cancellationToken = default) =>
        await turns.OnAsync(DoConfirmAsync, true, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await turns.OnAsync(DoDisposeAsync, true, default);

    private async ValueTask<bool> DoStartAsync(bool _, CancellationToken cancellationToken)
    {
        try
        {
            await WriteAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await RemoveAsync();
            throw;
        }

        keeping = KeepAsync();
        return true;
    }

    private async ValueTask<bool> DoUpdateAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(stopping.IsCancellationRequested, this);
        current = value;
        await WriteAsync(cancellationToken);
        return true;
    }

    private async ValueTask<bool> DoConfirmAsync(bool _, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(stopping.IsCancellationRequested, this);
        var (asked, own) = (current, session);
        var read = await calls.UntilAnsweredAsync((p, c) => p.RangeAsync(new RangeRequest(key), c), cancellationToken);
        // What is written meanwhile is seen next time. A key on another session is somebody's: a later registration's, or a dead one's, which goes.
        var isLost = read.KeyValues is not [var found] || (found.Lease == own!.Session.Id && !found.Value.Span.SequenceEqual(asked.Span));
        if (isLost && lastWrite.IsCompleted && own == session && asked.Equals(current) && !stopping.IsCancellationRequested)
            await WriteAsync(cancellationToken);
        return true;
    }

    private async ValueTask<bool> DoDisposeAsync(bool _, CancellationToken cancellationToken)
    {
        if (stopping.IsCancellationRequested)
            return true;
        stopping.Cancel();
        await keeping;
        await RemoveAsync();
        return true;
    }

    /// <summary>Writes the key, on whichever session there is, after the writes before.</summary>
    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var (earlier, done) = (lastWrite, new TaskCompletionSource());
        lastWrite = Task.WhenAll(earlier, done.Task);
        try
        {
            await Waiting.SharedAsync(earlier, cancellationToken);
            await WriteAloneAsync(cancellationToken);
        }
        finally
        {
            done.SetResult();
        }
    }

    private async Task WriteAloneAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = await sessions.CurrentAsync(cancellationToken);
            if (session is not null && session != next)
                before.Add(session);
            session = next;
            try
            {
                await session.PutAsync(key, current, [.. before.Select(b => b.OwnKey)], cancellationToken);
                before.Clear();
                return;
            }
            catch (SessionLostException)
            {
                // On the next one, then.
            }
        }
    }

    private async Task KeepAsync()
    {
        try
        {
            while (true)
            {
                using (var either = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token, session!.Session.Lost))
                    await Waiting.UntilFiredAsync(either.Token);
                stopping.Token.ThrowIfCancellationRequested();
                await WriteAsync(stopping.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or CoordinationException)
        {
            // Disposed, or the store is gone for good.
        }
    }

    private async Task RemoveAsync()
    {
        try
        {
            if (session is { } own)
                await own.RemoveAsync(key);
        }
        catch (CoordinationException)
        {
            // It goes when its lease ends.
        }
    }
}
