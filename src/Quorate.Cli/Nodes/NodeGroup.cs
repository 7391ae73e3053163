using Quorate.Hosting.Dns;
using Quorate.Hosting.Nodes;
using Quorate.Kernel.Machines;
using Quorate.Server.Etcd;
using Quorate.Services.Replication;

namespace Quorate.Cli.Nodes;

/// <summary>The nodes of one process: started together, stopped together, and all stopped when one fails.</summary>
internal sealed class NodeGroup : IAsyncDisposable
{
    private readonly List<ServingNode> nodes = [];
    private readonly CancellationTokenSource stopping = new();
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
            Telemetry = NodeLog.Write,
            TelemetryLeast = least,
            OnFail = reason =>
            {
                // Its own strand runs nothing more.
                if (reason is RepairNeededException or CorruptFileException)
                    _ = Task.Run(() => StartAnewAsync(node, etcd, dns, least), CancellationToken.None);
                else
                    failed.TrySetException(new NodeFailedException(node.Name, reason));
            },
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
    public async ValueTask DisposeAsync()
    {
        stopping.Cancel();
        ServingNode[] running;
        lock (nodes)
        {
            running = [.. nodes];
            nodes.Clear();
        }

        await Task.WhenAll(running.Select(n => n.DisposeAsync().AsTask()));
    }

    /// <summary>
    /// A node that gave its data up takes it anew from its peers as it starts; one that could not read an old value back has it in its log and
    /// snapshots.
    /// </summary>
    private async Task StartAnewAsync(NodeOptions node, EtcdEndpointOptions etcd, DnsEndpointOptions? dns, Severity least)
    {
        try
        {
            ServingNode? old;
            lock (nodes)
            {
                old = nodes.Find(running => running.Name == node.Name);
                if (old is not null)
                    nodes.Remove(old);
            }

            if (old is null)
                return; // It failed while it started, or is being stopped: whoever waits for that is told.
            await old.DisposeAsync();
            await StartAsync(node, etcd, dns, least, stopping.Token);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            failed.TrySetException(new NodeFailedException(node.Name, e));
        }
    }

    private async Task OrFailureAsync(Task task) => await await Task.WhenAny(task, failed.Task);
}
