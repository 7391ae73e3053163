using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;

namespace Quorate.Cli.Scenarios.Workloads;

/// <summary>Reads watch streams of nodes that may go away.</summary>
internal static class WatchReading
{
    /// <summary>Reads the next message.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="machine">The client's machine.</param>
    /// <param name="patience">How long to wait for it.</param>
    /// <returns>Null when none came in time, or the stream ended.</returns>
    public static async Task<WatchMessage?> NextAsync(IWatchStream stream, IMachine machine, TimeSpan patience)
    {
        using var done = new CancellationTokenSource();
        var read = ReadAsync(stream, done.Token);
        var first = await Task.WhenAny(read, Task.Delay(patience, machine.Clock, done.Token));
        done.Cancel();
        return first == read ? await read : null;
    }

    /// <summary>Closes a stream. A node that is gone does not answer, so nobody waits for it.</summary>
    /// <param name="stream">The stream.</param>
    public static async Task CloseAsync(IWatchStream stream)
    {
        try
        {
            await stream.DisposeAsync();
        }
        catch (ObjectDisposedException)
        {
            // It ended with its node.
        }
    }

    private static async Task<WatchMessage?> ReadAsync(IWatchStream stream, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or CoordinationException)
        {
            return null;
        }
    }
}
