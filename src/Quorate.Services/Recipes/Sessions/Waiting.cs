namespace Quorate.Services.Recipes.Sessions;

/// <summary>Waits for tokens.</summary>
internal static class Waiting
{
    /// <summary>Waits until a token fires.</summary>
    /// <param name="token">The token.</param>
    public static async Task UntilFiredAsync(CancellationToken token)
    {
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using (token.UnsafeRegister(static waiter => ((TaskCompletionSource)waiter!).TrySetResult(), fired))
            await fired.Task;
    }

    /// <summary>Waits for a task that others wait for too, and which goes on when this one gives up.</summary>
    /// <param name="task">The task.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public static async Task SharedAsync(Task task, CancellationToken cancellationToken)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using (cancellationToken.UnsafeRegister(static waiter => ((TaskCompletionSource)waiter!).TrySetResult(), cancelled))
            await Task.WhenAny(task, cancelled.Task);
        cancellationToken.ThrowIfCancellationRequested();
        await task;
    }
}
