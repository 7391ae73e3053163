using Quorate.Cli.Scenarios.Clusters;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;

namespace Quorate.Cli.Scenarios.Workloads;

/// <summary>How a call ended.</summary>
internal enum CallEnd
{
    /// <summary>It happened.</summary>
    Ok,

    /// <summary>It did not happen and never will.</summary>
    Failed,

    /// <summary>It may have happened, or may happen later.</summary>
    Unknown,
}

/// <summary>The end of a call, with its response where it happened.</summary>
internal readonly record struct CallResult<T>(CallEnd End, T? Response, string? Error, CoordinationError? Code = null);

/// <summary>Calls a node as a client would, with a deadline of the client's own.</summary>
internal sealed class ClientCalls(SimulatedCluster cluster, IMachine machine)
{
    private static readonly TimeSpan TimeoutMin = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan TimeoutMax = TimeSpan.FromSeconds(8);

    public IMachine Machine => machine;

    /// <summary>What nodes, deadlines and pauses are drawn from.</summary>
    public Random Random { get; set; } = machine.Random;

    /// <summary>Any node.</summary>
    public SimulatedNode AnyNode() => cluster.Nodes[Random.Next(cluster.Nodes.Count)];

    /// <summary>Calls any node.</summary>
    public Task<CallResult<T>> CallAsync<T>(Func<ICoordination, ValueTask<T>> call) => CallAsync(AnyNode(), call);

    /// <summary>Calls one node.</summary>
    public Task<CallResult<T>> CallAsync<T>(SimulatedNode node, Func<ICoordination, ValueTask<T>> call) => AskAsync(node.Service, call);

    /// <summary>Calls a service of a node.</summary>
    /// <param name="service">The service; null where the node is down.</param>
    /// <param name="call">The call.</param>
    public async Task<CallResult<T>> AskAsync<TService, T>(TService? service, Func<TService, ValueTask<T>> call)
        where TService : class
    {
        if (service is null)
            return new CallResult<T>(CallEnd.Failed, default, "the node is down");
        var timeout = TimeoutMin + (TimeoutMax - TimeoutMin) * Random.NextDouble();
        try
        {
            return await WithinAsync(call(service), timeout);
        }
        catch (OperationCanceledException)
        {
            return new CallResult<T>(CallEnd.Unknown, default, "cancelled");
        }
        catch (CoordinationException e)
        {
            return new CallResult<T>(IsUnknown(e.Error) ? CallEnd.Unknown : CallEnd.Failed, default, e.Message, e.Error);
        }
    }

    /// <summary>Waits between two calls.</summary>
    public Task ThinkAsync(TimeSpan max) => Task.Delay(max * Random.NextDouble(), machine.Clock);

    // Not WaitAsync: it would go on where the node's strand completes the call, and that is not the client's strand.
    private async Task<CallResult<T>> WithinAsync<T>(ValueTask<T> call, TimeSpan timeout)
    {
        using var done = new CancellationTokenSource();
        var answer = AnswerAsync(call);
        if (await Task.WhenAny(answer, Task.Delay(timeout, machine.Clock, done.Token)) != answer)
            return new CallResult<T>(CallEnd.Unknown, default, "timed out");
        done.Cancel();
        return new CallResult<T>(CallEnd.Ok, await answer, null);
    }

    private static async Task<T> AnswerAsync<T>(ValueTask<T> call) => await call;

    private static bool IsUnknown(CoordinationError error) =>
        error is CoordinationError.Timeout or CoordinationError.Stopped or CoordinationError.Internal;
}
