using Quorate.Services.Dns.Wire;

namespace Quorate.Services.Dns.Serving;

/// <summary>What a server answers from: one zone, in memory. Called on the server's strand.</summary>
public interface IDnsZone
{
    /// <summary>The zone's name: names that are not below it are refused.</summary>
    DomainName Apex { get; }

    /// <summary>The start of the zone as it is now, for answers that something is not there.</summary>
    DnsRecord Start { get; }

    /// <summary>Answers a question about a name within the zone.</summary>
    /// <param name="name">The name.</param>
    /// <param name="type">The type; never <see cref="RecordType.ANY"/>.</param>
    ZoneAnswer Answer(DomainName name, RecordType type);
}

/// <summary>What a zone has to say of a question.</summary>
/// <param name="Exists">Whether the name exists, with whatever records, or names below it do.</param>
/// <param name="Records">The records of the type; empty where there are none.</param>
/// <param name="Additionals">What is useful beside.</param>
/// <param name="IsStale">Whether this is older than it should be.</param>
/// <param name="IsLost">Whether it is too old to be said at all.</param>
public sealed record ZoneAnswer(
    bool Exists, IReadOnlyList<DnsRecord> Records, IReadOnlyList<DnsRecord> Additionals, bool IsStale = false, bool IsLost = false)
{
    /// <summary>There is no such name.</summary>
    /// <param name="isStale">Whether this is older than it should be.</param>
    public static ZoneAnswer Nothing(bool isStale) => new(false, [], [], isStale);

    /// <summary>The name is there, without such records.</summary>
    /// <param name="isStale">Whether this is older than it should be.</param>
    public static ZoneAnswer Empty(bool isStale) => new(true, [], [], isStale);

    /// <summary>Nothing can be said.</summary>
    public static ZoneAnswer Lost { get; } = new(true, [], [], IsLost: true);
}
