namespace Quorate.Services.Recipes.Timing;

/// <summary>Ways to wait that go on on the caller's strand.</summary>
/// <remarks>
/// Cancelling a delay or a read that something waits for by way of WhenAny takes the continuation to the thread pool, off the strand. So
/// here they are cancelled only when nobody waits for them any more, and a source of its own, without asynchronous continuations, tells that
/// the caller gives up.
/// </remarks>
internal static class Waiting
{
    /// <summary>Waits until a token fires.</summary>
    /// <param name="token">The token.</param>
    public static async Task UntilFiredAsync(CancellationToken token)
    {
        var fired = new TaskCompletionSource();
        using (token.UnsafeRegister(static waiter => ((TaskCompletionSource)waiter!).TrySetResult(), fired))
            await fired.Task;
    }

    /// <summary>Waits for a task that others wait for too, and which goes on when this one gives up.</summary>
    /// <param name="task">The task.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public static async Task SharedAsync(Task task, CancellationToken cancellationToken)
    {
        var cancelled = new TaskCompletionSource();
        using (cancellationToken.UnsafeRegister(static waiter => ((TaskCompletionSource)waiter!).TrySetResult(), cancelled))
            await Task.WhenAny(task, cancelled.Task);
        cancellationToken.ThrowIfCancellationRequested();
        await task;
    }

    /// <summary>Waits for a task, and no longer than a time.</summary>
    /// <param name="task">The task.</param>
    /// <param name="within">The time.</param>
    /// <param name="clock">The clock that tells it.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Whether the task has come to its end.</returns>
    public static async Task<bool> EndsAsync(Task task, TimeSpan within, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (task.IsCompleted)
            return true;
        using var done = new CancellationTokenSource();
        var cancelled = new TaskCompletionSource();
        using (cancellationToken.UnsafeRegister(static waiter => ((TaskCompletionSource)waiter!).TrySetResult(), cancelled))
            await Task.WhenAny(task, Task.Delay(within, clock, done.Token), cancelled.Task);
        done.Cancel();
        cancellationToken.ThrowIfCancellationRequested();
        return task.IsCompleted;
    }
}
