using System.Net;

namespace Quorate.Services.Dns.Wire;

/// <summary>What a record says. The kinds are all in this file.</summary>
public abstract record RecordData;

/// <summary>An address: of A and AAAA.</summary>
/// <param name="Address">IPv4 or IPv6.</param>
public sealed record AddressData(IPAddress Address) : RecordData;

/// <summary>A name: of NS, CNAME and PTR.</summary>
/// <param name="Name">The name.</param>
public sealed record NameData(DomainName Name) : RecordData;

/// <summary>Where a service is. Source: RFC 2782.</summary>
/// <param name="Priority">The least comes first.</param>
/// <param name="Weight">The share among those of the same priority.</param>
/// <param name="Port">Its port.</param>
/// <param name="Target">The name of its host.</param>
public sealed record ServiceData(ushort Priority, ushort Weight, ushort Port, DomainName Target) : RecordData;

/// <summary>Texts, of at most 255 bytes each: of TXT and HINFO.</summary>
/// <param name="Texts">At least one.</param>
public sealed record TextData(IReadOnlyList<ReadOnlyMemory<byte>> Texts) : RecordData;

/// <summary>The start of a zone. Source: RFC 1035, section 3.3.13; RFC 2308, section 4.</summary>
/// <param name="Server">The zone's first server.</param>
/// <param name="Mailbox">Who is responsible, with a dot for the at sign.</param>
/// <param name="Serial">The zone's version.</param>
/// <param name="RefreshSeconds">When a secondary asks again.</param>
/// <param name="RetrySeconds">When it asks again after a failure.</param>
/// <param name="ExpireSeconds">When it gives the zone up.</param>
/// <param name="NegativeTtlSeconds">How long it may be kept that something is not there.</param>
public sealed record ZoneStartData(
    DomainName Server, DomainName Mailbox, uint Serial, uint RefreshSeconds, uint RetrySeconds, uint ExpireSeconds, uint NegativeTtlSeconds)
    : RecordData;

/// <summary>The bytes of a record of another type.</summary>
/// <param name="Bytes">The bytes, as they came.</param>
public sealed record OtherData(ReadOnlyMemory<byte> Bytes) : RecordData;
