namespace Quorate.Cli.Scenarios.Clusters;

/// <summary>Waiting that ends quietly.</summary>
internal static class TaskExtensions
{
    /// <summary>Waits for an answer, and no longer than a time, for a node that goes down answers nothing any more.</summary>
    /// <returns>The answer; null where it did not come.</returns>
    public static async Task<T?> WithinAsync<T>(this Task<T> answer, TimeSpan max, TimeProvider clock)
        where T : class
    {
        using var done = new CancellationTokenSource();
        var first = await Task.WhenAny(answer, Task.Delay(max, clock, done.Token));
        done.Cancel();
        return first == answer ? await answer : null;
    }

    /// <summary>Waits for a task and takes its cancellation for its end.</summary>
    public static async Task ContinueOnCancel(this Task task)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException)
        {
            // The caller looks at the token.
        }
    }
}
