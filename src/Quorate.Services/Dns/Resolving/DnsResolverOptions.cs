using Quorate.Kernel.Machines;

namespace Quorate.Services.Dns.Resolving;

/// <summary>The settings of a resolver.</summary>
public sealed record DnsResolverOptions
{
    /// <summary>Who is asked: 1 to 8 servers, by address and not by name. One that does not answer is passed over for the next.</summary>
    public required IReadOnlyList<NetworkAddress> Servers { get; init; }

    /// <summary>How long one server is waited for. Default 500 ms, from 10 ms to 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often the whole list of servers is gone through. Default 2, from 1 to 10.</summary>
    public int Rounds { get; init; } = 2;

    /// <summary>The most answers that are kept; the one that was not used for longest goes first. Default 10,000, from 0 to 1,000,000.</summary>
    public int CacheMax { get; init; } = 10_000;

    /// <summary>The longest that an answer is kept, whatever it says. Default 1 hour, from 0 to 7 days.</summary>
    public TimeSpan TtlMax { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The longest that it is kept that something is not there. Default 5 min, from 0 to 3 hours (RFC 2308, section 5).</summary>
    public TimeSpan NegativeTtlMax { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long after its time an answer is still given when no server answers, and said to be stale (RFC 8767). Default 0: not at all; at most 7
    /// days.
    /// </summary>
    public TimeSpan StaleMax { get; init; }

    /// <summary>
    /// Whether the letters of the asked name are sent in a random case, which the answer must repeat: so that it is harder to forge. Default true.
    /// </summary>
    public bool RandomCase { get; init; } = true;

    /// <summary>The most questions that are under way at once; more are refused. Default 1,000, from 1 to 100,000.</summary>
    public int UnderWayMax { get; init; } = 1000;

    /// <summary>Refuses values out of their bounds.</summary>
    /// <exception cref="ArgumentException">A value is out of its bounds.</exception>
    internal void Validate()
    {
        if (Servers.Count is < 1 or > 8)
            throw new ArgumentException($"There must be 1 to 8 servers, not {Servers.Count}.");
        Between(nameof(Timeout), Timeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(30));
        Between(nameof(TtlMax), TtlMax, TimeSpan.Zero, TimeSpan.FromDays(7));
        Between(nameof(NegativeTtlMax), NegativeTtlMax, TimeSpan.Zero, TimeSpan.FromHours(3));
        Between(nameof(StaleMax), StaleMax, TimeSpan.Zero, TimeSpan.FromDays(7));
        Between(nameof(Rounds), Rounds, 1, 10);
        Between(nameof(CacheMax), CacheMax, 0, 1_000_000);
        Between(nameof(UnderWayMax), UnderWayMax, 1, 100_000);
    }

    private static void Between<T>(string name, T value, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            throw new ArgumentException($"{name} must be from {least} to {most}, not {value}.");
    }
}
