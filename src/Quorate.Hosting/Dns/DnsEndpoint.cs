using System.Net;
using Quorate.Kernel.Machines;
using Quorate.Runtime.Machines;
using Quorate.Runtime.Telemetry;
using Quorate.Services.Discovery.Catalogs;
using Quorate.Services.Discovery.Zones;
using Quorate.Services.Dns.Serving;
using Quorate.Services.Recipes.Providers;

namespace Quorate.Hosting.Dns;

/// <summary>Tells a store's registry over DNS.</summary>
/// <remarks>
/// Guarantee: as <see cref="DnsServer"/>, <see cref="ServiceCatalog"/> and <see cref="DiscoveryZone"/>. It goes on answering while the
/// cluster is away.
/// Cost: as theirs. Fails when: the address is taken (<see cref="IOException"/>).
/// </remarks>
public sealed class DnsEndpoint : IAsyncDisposable
{
    private readonly RealMachine machine;
    private readonly ServiceCatalog catalog;
    private readonly DnsServer server;

    private DnsEndpoint(RealMachine machine, ServiceCatalog catalog, DnsServer server)
    {
        this.machine = machine;
        this.catalog = catalog;
        this.server = server;
    }

    /// <summary>The address that it listens on, with the port that was really taken.</summary>
    public NetworkAddress Local => server.Local;

    /// <summary>Begins to serve.</summary>
    /// <param name="name">The node's name, for its events.</param>
    /// <param name="store">The store, such as an <see cref="EmbeddedProvider"/>; it stays the caller's.</param>
    /// <param name="options">Where and how.</param>
    /// <param name="telemetry">Who gets events; null for nobody.</param>
    /// <param name="telemetryLeast">The least severity of those.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The address is in use or not of this machine.</exception>
    /// <exception cref="ArgumentException">An option is out of its bounds.</exception>
    public static async Task<DnsEndpoint> StartAsync(
        string name, ICoordinationProvider store, DnsEndpointOptions options, Action<TelemetryEvent>? telemetry = null,
        Severity telemetryLeast = Severity.Warning, CancellationToken cancellationToken = default)
    {
        // A machine of its own: it has no disk, and its connections are plain where those between nodes are not.
        var machine = new RealMachine(new RealMachineOptions { Name = name, Telemetry = telemetry, TelemetryLeast = telemetryLeast });
        ServiceCatalog? catalog = null;
        try
        {
            catalog = ServiceCatalog.Start(machine, store, options.Catalog);
            var zone = new DiscoveryZone(machine, catalog, options.Zone with { Servers = Own(options) });
            return new DnsEndpoint(machine, catalog, await DnsServer.StartAsync(machine, options.Server, zone, cancellationToken));
        }
        catch
        {
            if (catalog is not null)
                await catalog.DisposeAsync();
            await machine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops listening.</summary>
    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await catalog.DisposeAsync();
        await machine.DisposeAsync();
    }

    private static IReadOnlyList<IPAddress> Own(DnsEndpointOptions options) =>
        options.Zone.Servers.Count == 0 && IPAddress.TryParse(options.Server.Listen.Host, out var address)
            && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
            ? [address]
            : options.Zone.Servers;
}
