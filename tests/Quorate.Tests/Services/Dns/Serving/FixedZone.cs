using System.Net;
using Quorate.Services.Dns.Serving;
using Quorate.Services.Dns.Wire;

namespace Quorate.Tests.Services.Dns.Serving;

/// <summary>A zone with the records that a test puts in.</summary>
internal sealed class FixedZone(uint ttl = 5, uint negativeTtl = 3) : IDnsZone
{
    public List<DnsRecord> Records { get; } = [];

    public bool IsStale { get; set; }

    public bool IsLost { get; set; }

    public int Asked { get; private set; }

    public DomainName Apex { get; } = DomainName.Parse("zone.test");

    public DnsRecord Start => new(
        Apex, RecordType.SOA, ttl, new ZoneStartData(Apex.Below("ns"), Apex.Below("hostmaster"), 7, 1, 2, 3, negativeTtl));

    public ZoneAnswer Answer(DomainName name, RecordType type)
    {
        Asked++;
        if (IsLost)
            return ZoneAnswer.Lost;
        var all = Records.Where(r => r.Name.Equals(name)).ToList();
        return new ZoneAnswer(all.Count > 0 || name.Equals(Apex), [.. all.Where(r => r.Type == type)], [], IsStale);
    }

    public void Add(string name, string address) =>
        Records.Add(new DnsRecord(DomainName.Parse(name), RecordType.A, ttl, new AddressData(IPAddress.Parse(address))));
}
