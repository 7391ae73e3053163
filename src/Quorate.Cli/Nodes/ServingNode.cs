using Quorate.Hosting.Nodes;
using Quorate.Kernel.Machines;
using Quorate.Server.Etcd;

namespace Quorate.Cli.Nodes;

/// <summary>A node together with its endpoint for clients.</summary>
internal sealed class ServingNode : IAsyncDisposable
{
    private readonly EtcdEndpoint etcd;

    private ServingNode(string name, QuorateNode node, EtcdEndpoint etcd)
    {
        Name = name;
        Node = node;
        this.etcd = etcd;
    }

    /// <summary>The node's name.</summary>
    public string Name { get; }

    /// <summary>The node.</summary>
    public QuorateNode Node { get; }

    /// <summary>Where clients reach it.</summary>
    public NetworkAddress Etcd => etcd.Local;

    /// <summary>Starts both, or neither.</summary>
    /// <param name="node">The node.</param>
    /// <param name="etcd">Its endpoint.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<ServingNode> StartAsync(NodeOptions node, EtcdEndpointOptions etcd, CancellationToken cancellationToken)
    {
        // The only callers here are the endpoint's calls, which never block.
        var running = await QuorateNode.StartAsync(node with { CallersBlock = false }, cancellationToken);
        try
        {
            var endpoint = await EtcdEndpoint.StartAsync(running.Clients, etcd, cancellationToken);
            return new ServingNode(node.Name, running, endpoint);
        }
        catch
        {
            await running.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops serving clients, and then the node.</summary>
    public async ValueTask DisposeAsync()
    {
        await etcd.DisposeAsync();
        await Node.DisposeAsync();
    }
}
