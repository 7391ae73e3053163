using System.Globalization;
using System.Net;
using Quorate.Services.Discovery;
using Quorate.Services.Dns.Wire;

namespace Quorate.Cli.Scenarios.Discovery;

/// <summary>One life of an instance: all that is told of it follows from this, so that answers which mix two are seen.</summary>
/// <param name="Service">Its service.</param>
/// <param name="Number">Which instance.</param>
/// <param name="Boot">Which life.</param>
internal readonly record struct Incarnation(string Service, int Number, int Boot)
{
    private const int PortBegin = 1000;

    /// <summary>Its name.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"a{Number}");

    /// <summary>What it registers.</summary>
    public ServiceEndpoint Endpoint => new(Service, Name, Address, PortBegin + Boot);

    private IPAddress Address => new([10, (byte)Number, (byte)(Boot >> 8), (byte)Boot]);

    /// <summary>Reads what is told of an instance; null where its parts are not of one.</summary>
    /// <param name="service">The service that was asked for.</param>
    /// <param name="record">The SRV record.</param>
    /// <param name="additionals">The records beside.</param>
    public static Incarnation? Of(string service, DnsRecord record, IReadOnlyList<DnsRecord> additionals)
    {
        if (record.Data is not ServiceData data || data.Target.LabelCount < 2 || data.Target.LowerLabel(1) != service
            || !int.TryParse(data.Target.LowerLabel(0).AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return null;
        var told = new Incarnation(service, number, data.Port - PortBegin);
        var addresses = additionals.Where(a => a.Name.Equals(data.Target)).Select(a => a.Data).ToList();
        return addresses is [AddressData address] && address.Address.Equals(told.Address) ? told : null;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Service}/{Name}.{Boot}");
}
