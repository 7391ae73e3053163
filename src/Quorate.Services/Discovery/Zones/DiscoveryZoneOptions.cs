using System.Net;
using Quorate.Services.Dns.Wire;

namespace Quorate.Services.Discovery.Zones;

/// <summary>The settings of the zone that a catalogue is told as.</summary>
public sealed record DiscoveryZoneOptions
{
    /// <summary>The zone's name unless told otherwise.</summary>
    public const string ApexDefault = "service.quorate";

    private const int RecordsLimit = 250;

    /// <summary>The zone's name. Default <c>service.quorate</c>; at most 100 bytes, so that every name fits below it.</summary>
    public string Apex { get; init; } = ApexDefault;

    /// <summary>
    /// How long answers may be kept, in whole seconds. Default 0, so that clients follow health at once; from 0 to 60. An answer that something is
    /// not there may be kept as long.
    /// </summary>
    public TimeSpan Ttl { get; init; } = TimeSpan.Zero;

    /// <summary>
    /// The most records of an answer, drawn by weight where there are more. Default 250, from 1 to 250: with the longest names they fit
    /// one message.
    /// </summary>
    public int RecordsMax { get; init; } = RecordsLimit;

    /// <summary>The addresses of the zone's servers, told as <c>ns.APEX</c>. Default none; at most 16.</summary>
    public IReadOnlyList<IPAddress> Servers { get; init; } = [];

    /// <summary>Refuses values out of their bounds.</summary>
    /// <returns>The zone's name.</returns>
    /// <exception cref="ArgumentException">A value is out of its bounds.</exception>
    internal DomainName Validate()
    {
        if (!DomainName.TryParse(Apex, out var apex) || apex.LabelCount == 0 || apex.Wire.Length > 100)
            throw new ArgumentException($"'{Apex}' is not the name of a zone of at most 100 bytes.");
        if (Ttl < TimeSpan.Zero || Ttl > TimeSpan.FromMinutes(1) || Ttl.Ticks % TimeSpan.TicksPerSecond != 0)
            throw new ArgumentException($"{nameof(Ttl)} must be 0 to 60 whole seconds, not {Ttl}.");
        if (RecordsMax is < 1 or > RecordsLimit)
            throw new ArgumentException($"{nameof(RecordsMax)} must be from 1 to {RecordsLimit}, not {RecordsMax}.");
        if (Servers.Count > 16)
            throw new ArgumentException($"{nameof(Servers)} may be 16 at most, not {Servers.Count}.");
        return apex;
    }
}
