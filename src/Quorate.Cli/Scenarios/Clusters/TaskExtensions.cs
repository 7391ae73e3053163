namespace Quorate.Cli.Scenarios.Clusters;

/// <summary>Waiting that ends quietly.</summary>
internal static class TaskExtensions
{
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
