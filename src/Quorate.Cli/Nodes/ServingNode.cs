using Quorate.Hosting.Dns;
using Quorate.Hosting.Nodes;
using Quorate.Kernel.Machines;
using Quorate.Server.Etcd;
using Quorate.Services.Recipes.Providers;

namespace Quorate.Cli.Nodes;

/// <summary>A node together with its endpoints for clients.</summary>
internal sealed class ServingNode : IAsyncDisposable
{
    private readonly EtcdEndpoint etcd;
    private readonly DnsEndpoint? dns;

    private ServingNode(string name, QuorateNode node, EtcdEndpoint etcd, DnsEndpoint? dns)
    {
        Name = name;
        Node = node;
        this.etcd = etcd;
        this.dns = dns;
    }

    /// <summary>The node's name.</summary>
    public string Name { get; }

    /// <summary>The node.</summary>
    public QuorateNode Node { get; }

    /// <summary>Where clients reach it.</summary>
    public NetworkAddress Etcd => etcd.Local;

    /// <summary>Where it answers over DNS; null where it does not.</summary>
    public NetworkAddress? Dns => dns?.Local;

    /// <summary>Starts all, or none.</summary>
    /// <param name="node">The node.</param>
    /// <param name="etcd">Its endpoint.</param>
    /// <param name="dns">Its DNS; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<ServingNode> StartAsync(
        NodeOptions node, EtcdEndpointOptions etcd, DnsEndpointOptions? dns, CancellationToken cancellationToken)
    {
        // The only callers here are the endpoint's calls, which never block.
        var running = await QuorateNode.StartAsync(node with { CallersBlock = false }, cancellationToken);
        EtcdEndpoint? endpoint = null;
        try
        {
            endpoint = await EtcdEndpoint.StartAsync(running.Clients, etcd, cancellationToken);
            var names = dns is null
                ? null
                : await DnsEndpoint.StartAsync(
                    node.Name, new EmbeddedProvider(running.Coordination), dns, node.Telemetry, node.TelemetryLeast, cancellationToken);
            return new ServingNode(node.Name, running, endpoint, names);
        }
        catch
        {
            if (endpoint is not null)
                await endpoint.DisposeAsync();
            await running.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops serving clients, and then the node.</summary>
    public async ValueTask DisposeAsync()
    {
        if (dns is not null)
            await dns.DisposeAsync();
        await etcd.DisposeAsync();
        await Node.DisposeAsync();
    }
}
