using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;
using Quorate.Services.Recipes.Timing;

namespace Quorate.Services.Recipes.Providers;

/// <summary>Calls a provider with deadlines of the caller's own, and makes again what may be made again.</summary>
/// <param name="machine">The machine, for its clock and chance.</param>
/// <param name="provider">The provider.</param>
/// <param name="timeout">How long one call is waited for.</param>
internal sealed class StoreCalls(IMachine machine, ICoordinationProvider provider, TimeSpan timeout)
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(200);

    /// <summary>The provider.</summary>
    public ICoordinationProvider Provider => provider;

    /// <summary>Whether a write that ended so may have happened, or happen yet.</summary>
    /// <param name="error">Its error.</param>
    public static bool IsUnknown(CoordinationError error) =>
        error is CoordinationError.Timeout or CoordinationError.Stopped or CoordinationError.Internal;

    /// <summary>Calls once.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<T> OnceAsync<T>(Func<ICoordinationProvider, CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken) =>
        OnceAsync(call, timeout, cancellationToken);

    /// <summary>Calls once and waits so long.</summary>
    /// <param name="call">The call.</param>
    /// <param name="within">How long; then it ends as a timeout.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CoordinationException">It failed.</exception>
    public async Task<T> OnceAsync<T>(
        Func<ICoordinationProvider, CancellationToken, ValueTask<T>> call, TimeSpan within, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var done = new CancellationTokenSource();
        var answer = AnswerAsync(call, done.Token);
        try
        {
            // Not WaitAsync: it would go on where the provider completes the call, and that need not be this strand.
            if (await Waiting.EndsAsync(answer, within, machine.Clock, cancellationToken))
                return await answer;
        }
        finally
        {
            done.Cancel();
        }

        throw CoordinationErrors.Of(CoordinationError.Timeout);
    }

    /// <summary>Calls what may be made again until it is answered.</summary>
    /// <param name="call">The call: it changes nothing, or the same however often it is made.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CoordinationException">It failed for good.</exception>
    public async Task<T> UntilAnsweredAsync<T>(
        Func<ICoordinationProvider, CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await OnceAsync(call, cancellationToken);
            }
            catch (CoordinationException e) when (CoordinationErrors.MayBeTriedAgain(e.Error))
            {
                await PauseAsync(cancellationToken);
            }
        }
    }

    /// <summary>Waits before a call is made again.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task PauseAsync(CancellationToken cancellationToken) =>
        Task.Delay(PauseMin + (PauseMax - PauseMin) * machine.Random.NextDouble(), machine.Clock, cancellationToken);

    private async Task<T> AnswerAsync<T>(Func<ICoordinationProvider, CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken) =>
        await call(provider, cancellationToken);
}
