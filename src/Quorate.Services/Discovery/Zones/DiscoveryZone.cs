using System.Net;
using System.Net.Sockets;
using Quorate.Kernel.Machines;
using Quorate.Services.Discovery.Catalogs;
using Quorate.Services.Dns.Serving;
using Quorate.Services.Dns.Wire;

namespace Quorate.Services.Discovery.Zones;

/// <summary>
/// A catalogue as a zone. Below the apex: <c>SERVICE</c>, <c>TAG.SERVICE</c>, <c>_SERVICE._tcp</c> (RFC 2782), and
/// <c>INSTANCE.SERVICE.instance</c>, which the targets of SRV records are. Names with no healthy instance exist and have no records; names
/// of which nothing is registered do not exist.
/// </summary>
/// <remarks>Source: RFC 1035, RFC 2308 and RFC 8020 for what exists; RFC 2782 for SRV; RFC 1464 for texts.</remarks>
public sealed class DiscoveryZone : IDnsZone
{
    private const uint RefreshSeconds = 3600;
    private const uint RetrySeconds = 600;
    private const uint ExpireSeconds = 86_400;
    private readonly IMachine machine;
    private readonly ServiceCatalog catalog;
    private readonly DiscoveryZoneOptions options;
    private readonly uint ttl;
    private readonly DomainName server;
    private readonly DomainName mailbox;

    /// <summary>Makes the zone of a catalogue.</summary>
    /// <param name="machine">The machine, for chance.</param>
    /// <param name="catalog">The catalogue; it stays the caller's.</param>
    /// <param name="options">The settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">A setting is out of its bounds.</exception>
    public DiscoveryZone(IMachine machine, ServiceCatalog catalog, DiscoveryZoneOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(catalog);
        this.machine = machine;
        this.catalog = catalog;
        this.options = options ??= new DiscoveryZoneOptions();
        Apex = options.Validate();
        ttl = (uint)options.Ttl.TotalSeconds;
        server = Apex.Below("ns");
        mailbox = Apex.Below("hostmaster");
    }

    /// <inheritdoc/>
    public DomainName Apex { get; }

    /// <inheritdoc/>
    public DnsRecord Start => new(
        Apex, RecordType.SOA, ttl,
        new ZoneStartData(server, mailbox, (uint)catalog.View.Revision, RefreshSeconds, RetrySeconds, ExpireSeconds, ttl));

    /// <inheritdoc/>
    public ZoneAnswer Answer(DomainName name, RecordType type)
    {
        ArgumentNullException.ThrowIfNull(name);
        var (view, isStale) = (catalog.View, catalog.IsStale);
        string[] labels = [.. Enumerable.Range(0, name.LabelCount - Apex.LabelCount).Select(name.LowerLabel)];
        // What is of the zone itself does not depend on the catalogue.
        var own = labels switch
        {
            [] => ApexAnswer(type),
            ["ns"] => Addresses(name, type, options.Servers, exists: true, isStale: false),
            _ => null,
        };
        if (own is not null)
            return own;
        return catalog.IsLost ? ZoneAnswer.Lost : labels switch
        {
            ["instance"] or ["_tcp"] => view.Services.IsEmpty ? ZoneAnswer.Nothing(isStale) : ZoneAnswer.Empty(isStale),
            [var service, "instance"] => view.Find(service) is null ? ZoneAnswer.Nothing(isStale) : ZoneAnswer.Empty(isStale),
            [var instance, var service, "instance"] => Of(name, type, Some(view, service, e => e.Instance == instance), isStale),
            [['_', .. var service], "_tcp"] => Of(name, type, Some(view, service, _ => true), isStale, onlyServices: true),
            [var service] => Of(name, type, Some(view, service, _ => true), isStale),
            [var tag, var service] => Of(name, type, Some(view, service, e => e.Tags.Contains(tag)), isStale),
            _ => ZoneAnswer.Nothing(isStale),
        };
    }

    private static ServiceEndpoint[] Some(CatalogView view, string service, Func<ServiceEndpoint, bool> isMeant) =>
        view.Find(service) is { } found ? [.. found.All.Where(isMeant)] : [];

    private ZoneAnswer ApexAnswer(RecordType type) => type switch
    {
        RecordType.SOA => new ZoneAnswer(true, [Start], []),
        RecordType.NS => new ZoneAnswer(
            true, [new DnsRecord(Apex, RecordType.NS, ttl, new NameData(server))],
            [.. options.Servers.Select(a => AddressRecord(server, a))]),
        _ => ZoneAnswer.Empty(isStale: false),
    };

    private ZoneAnswer Of(DomainName name, RecordType type, ServiceEndpoint[] registered, bool isStale, bool onlyServices = false)
    {
        if (registered.Length == 0)
            return ZoneAnswer.Nothing(isStale);
        var drawn = WeightedOrder.Of([.. registered.Where(e => e.IsHealthy)], machine.Random);
        return type switch
        {
            RecordType.SRV => Services(name, drawn, isStale),
            RecordType.A or RecordType.AAAA when !onlyServices => Addresses(
                name, type, [.. drawn.Where(e => e.Priority == drawn[0].Priority).Select(e => e.Address)], exists: true, isStale),
            RecordType.TXT when !onlyServices => new ZoneAnswer(
                true, [.. drawn.Take(options.RecordsMax).Select(e => new DnsRecord(name, RecordType.TXT, ttl, Texts(e)))], [], isStale),
            _ => ZoneAnswer.Empty(isStale),
        };
    }

    private ZoneAnswer Services(DomainName name, ServiceEndpoint[] drawn, bool isStale)
    {
        var (records, additionals) = (new List<DnsRecord>(), new List<DnsRecord>());
        foreach (var endpoint in drawn.Take(options.RecordsMax))
        {
            var target = Apex.Below(endpoint.Instance, endpoint.Service, "instance");
            records.Add(new DnsRecord(
                name, RecordType.SRV, ttl,
                new ServiceData((ushort)endpoint.Priority, (ushort)endpoint.Weight, (ushort)endpoint.Port, target)));
            additionals.Add(AddressRecord(target, endpoint.Address));
        }

        return new ZoneAnswer(true, records, additionals, isStale);
    }

    // Several instances may have one address, and a set of records has each once (RFC 2181, section 5).
    private ZoneAnswer Addresses(DomainName name, RecordType type, IReadOnlyList<IPAddress> addresses, bool exists, bool isStale) => new(
        exists,
        [.. addresses.Where(a => TypeOf(a) == type).Distinct().Take(options.RecordsMax).Select(a => AddressRecord(name, a))],
        [], isStale);

    private DnsRecord AddressRecord(DomainName name, IPAddress address) => new(name, TypeOf(address), ttl, new AddressData(address));

    private static RecordType TypeOf(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork ? RecordType.A : RecordType.AAAA;

    private static TextData Texts(ServiceEndpoint endpoint) => new(
        [.. endpoint.Metadata.Select(p => $"{p.Key}={p.Value}").Prepend($"instance={endpoint.Instance}")
            .Select(t => new ReadOnlyMemory<byte>(System.Text.Encoding.UTF8.GetBytes(t)))]);
}
