namespace Quorate.Hosting.Recipes;

/// <summary>Waiting that ends quietly.</summary>
internal static class QuietWaits
{
    /// <summary>Waits for a task and takes its cancellation for its end.</summary>
    /// <param name="task">The task.</param>
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
