using Quorate.Checking.Histories;
using Quorate.Cli.Scenarios.Clusters;
using Quorate.Services.Coordination;

namespace Quorate.Cli.Scenarios.Workloads;

/// <summary>
/// Calls of one client, recorded. After an unknown end the client goes on as another process: the old one stays open for ever.
/// </summary>
internal sealed class RecordedCalls(SimulatedCluster cluster, ClientCalls calls, int client)
{
    private const int ProcessesStep = 1000;
    private long process = client;

    /// <summary>The client whose process this is, or was before its calls ended unknown.</summary>
    public static long ClientOf(long process) => process % ProcessesStep;

    public ClientCalls Calls => calls;

    /// <summary>Records and makes a call; false when the recorder is full.</summary>
    /// <param name="function">Its function.</param>
    /// <param name="key">Its key, or null.</param>
    /// <param name="input">What it is given.</param>
    /// <param name="call">The call.</param>
    /// <param name="output">What it gave.</param>
    public async Task<bool> DoAsync<T>(
        string function, HistoryValue? key, HistoryValue input, Func<ICoordination, ValueTask<T>> call, Func<T, HistoryValue> output)
    {
        var history = cluster.History!;
        if (!history.TryInvoke(process, function, key, input))
            return false;
        var result = await calls.CallAsync(call);
        cluster.Metrics.Add($"{function} {result.End.ToString().ToLowerInvariant()}");
        switch (result.End)
        {
            case CallEnd.Ok:
                history.Complete(process, HistoryEventType.Ok, output(result.Response!));
                break;
            case CallEnd.Failed:
                history.Complete(process, HistoryEventType.Fail, input, result.Error);
                break;
            default:
                history.Complete(process, HistoryEventType.Unknown, input, result.Error);
                process += ProcessesStep;
                break;
        }
        return true;
    }
}
