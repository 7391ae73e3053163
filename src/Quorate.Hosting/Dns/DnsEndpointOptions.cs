using Quorate.Services.Discovery.Catalogs;
using Quorate.Services.Discovery.Zones;
using Quorate.Services.Dns.Serving;

namespace Quorate.Hosting.Dns;

/// <summary>The settings of a node's DNS.</summary>
/// <param name="Server">Where it listens, and its bounds.</param>
public sealed record DnsEndpointOptions(DnsServerOptions Server)
{
    /// <summary>How services become names.</summary>
    public DiscoveryZoneOptions Zone { get; init; } = new();

    /// <summary>How the registry is followed.</summary>
    public CatalogOptions Catalog { get; init; } = new();
}
