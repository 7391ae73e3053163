using Quorate.Kernel.Machines;
using Quorate.Services.Discovery.Zones;
using Quorate.Services.Dns.Resolving;
using Quorate.Services.Dns.Wire;

namespace Quorate.Services.Discovery.Resolving;

/// <summary>Tells where services are by asking DNS servers, for applications that are no part of a cluster.</summary>
/// <remarks>
/// Guarantee: as <see cref="DnsResolver"/>'s; only instances with port and address are told, without tags and metadata. Cost: as its. Fails when: no
/// server answers: <see cref="DiscoveryException"/>.
/// Source: RFC 2782.
/// </remarks>
/// <param name="machine">The machine, for chance.</param>
/// <param name="resolver">Who asks.</param>
/// <param name="apex">The zone.</param>
public sealed class DnsServiceResolver(IMachine machine, DnsResolver resolver, string apex = DiscoveryZoneOptions.ApexDefault) : IServiceResolver
{
    private readonly DomainName zone = DomainName.Parse(apex);

    /// <inheritdoc/>
    public async ValueTask<ServiceAnswer> ResolveAsync(string service, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(service);
        try
        {
            var name = zone.Below(service);
            var answer = await resolver.QueryAsync(name, RecordType.SRV, cancellationToken);
            var found = new List<ServiceEndpoint>();
            foreach (var record in answer.Records)
                if (record.Data is ServiceData data)
                    found.AddRange(await EndpointsAsync(service, data, answer, cancellationToken));
            return new ServiceAnswer(WeightedOrder.Of(found, machine.Random), answer.IsStale);
        }
        catch (Exception e) when (e is DnsUnansweredException or ArgumentException)
        {
            throw new DiscoveryException($"It cannot be said where '{service}' is: {e.Message}", e);
        }
    }

    private async ValueTask<IEnumerable<ServiceEndpoint>> EndpointsAsync(
        string service, ServiceData data, DnsAnswer answer, CancellationToken cancellationToken)
    {
        // RFC 2782: a target of "." means that the service is not there.
        if (data.Target.LabelCount == 0 || data.Port == 0)
            return [];
        var addresses = answer.Additionals.Where(r => r.Name.Equals(data.Target)).ToList();
        if (!addresses.Any(r => r.Data is AddressData))
            addresses = [.. (await resolver.QueryAsync(data.Target, RecordType.A, cancellationToken)).Records];
        if (addresses.Count == 0)
            addresses = [.. (await resolver.QueryAsync(data.Target, RecordType.AAAA, cancellationToken)).Records];
        return addresses.Select(r => r.Data).OfType<AddressData>().Take(1).Select(a =>
            new ServiceEndpoint(service, data.Target.LowerLabel(0), a.Address, data.Port) { Priority = data.Priority, Weight = data.Weight });
    }
}
