using Quorate.Hosting.Dns;
using Quorate.Hosting.Nodes;
using Quorate.Kernel.Machines;
using Quorate.Server.Etcd;

namespace Quorate.Cli.Nodes;

/// <summary>The nodes of one process: started together, stopped together, and all stopped when one fails.</summary>
internal sealed class NodeGroup : IAsyncDisposable
{
    private readonly List<ServingNode> nodes = [];
    private readonly TaskCompletionSource failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The nodes that run.</summary>
    public IReadOnlyList<ServingNode> Nodes => nodes;

    /// <summary>Starts a node; several may start at once. Its events go to standard error.</summary>
    /// <param name="node">The node.</param>
    /// <param name="etcd">Its endpoint.</param>
    /// <param name="dns">Its DNS; null for none.</param>
    /// <param name="least">The least severity that is shown.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task StartAsync(
        NodeOptions node, EtcdEndpointOptions etcd, DnsEndpointOptions? dns, Severity least, CancellationToken cancellationToken)
    {
        var options = node with
        {
            Telemetry = static e => Console.Error.WriteLine($"{e.Time:HH:mm:ss.fff} {e.Severity,-11} {e.Machine} {e.Component}: {e.Text}"),
            TelemetryLeast = least,
            OnFail = reason => failed.TrySetException(new NodeFailedException(node.Name, reason)),
        };
        var started = await ServingNode.StartAsync(options, etcd, dns, cancellationToken);
        lock (nodes)
            nodes.Add(started);
    }

    /// <summary>Waits until every node knows a leader.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task WaitForLeaderAsync(CancellationToken cancellationToken) =>
        OrFailureAsync(Task.WhenAll(nodes.Select(n => n.Node.WaitForLeaderAsync(cancellationToken))));

    /// <summary>Waits until the process is asked to stop; throws when a node fails before.</summary>
    /// <param name="cancellationToken">The request to stop.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var stop = Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        await OrFailureAsync(stop.ContinueWith(static _ => { }, TaskScheduler.Default));
    }

    /// <summary>Stops all nodes; those that go on when one failed are stopped as well as ever.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(nodes.Select(n => n.DisposeAsync().AsTask()));

    private async Task OrFailureAsync(Task task) => await await Task.WhenAny(task, failed.Task);
}
