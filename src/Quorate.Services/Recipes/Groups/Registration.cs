using Quorate.Services.Coordination;
using Quorate.Services.Recipes.Lines;
using Quorate.Services.Recipes.Sessions;
using Quorate.Services.Recipes.Timing;

namespace Quorate.Services.Recipes.Groups;

/// <summary>
/// A registration that lasts until it is disposed: where its session is lost it is made anew on the next one.
/// </summary>
/// <param name="turns">The client's strand.</param>
/// <param name="sessions">The client's session.</param>
/// <param name="instance">The instance's name.</param>
/// <param name="key">Its key.</param>
/// <param name="value">What others are told of it.</param>
internal sealed class Registration(Turns turns, SessionSource sessions, string instance, byte[] key, ReadOnlyMemory<byte> value) : IRegistration
{
    private readonly CancellationTokenSource stopping = new();
    private ReadOnlyMemory<byte> current = value;
    private SessionKeys? session;
    private Task keeping = Task.CompletedTask;

    /// <inheritdoc/>
    public string Instance => instance;

    /// <summary>Registers for the first time, and keeps it so.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask StartAsync(CancellationToken cancellationToken) => await turns.OnAsync(DoStartAsync, true, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask UpdateAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default) =>
        await turns.OnAsync(DoUpdateAsync, value, cancellationToken);

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

    private async ValueTask<bool> DoDisposeAsync(bool _, CancellationToken cancellationToken)
    {
        if (stopping.IsCancellationRequested)
            return true;
        stopping.Cancel();
        await keeping;
        await RemoveAsync();
        return true;
    }

    /// <summary>Writes the key, on whichever session there is.</summary>
    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            session = await sessions.CurrentAsync(cancellationToken);
            try
            {
                await session.PutAsync(key, current, cancellationToken);
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
