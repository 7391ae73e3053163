using Quorate.Services.Discovery.Zones;

namespace Quorate.Hosting.Discovery;

/// <summary>Which instance a request goes to.</summary>
public enum Balancing
{
    /// <summary>One after the other.</summary>
    RoundRobin,

    /// <summary>By chance, each as often as its weight says.</summary>
    Weighted,

    /// <summary>Of two that are drawn by weight, the one with fewer requests under way.</summary>
    LeastLoadedOfTwo,
}

/// <summary>How requests to a service find their instance.</summary>
public sealed record DiscoveryHttpOptions
{
    /// <summary>
    /// Which instance a request goes to. Default <see cref="Balancing.LeastLoadedOfTwo"/>, which keeps away from slow ones. Source:
    /// Mitzenmacher, "The power of two choices in randomized load balancing", 2001.
    /// </summary>
    public Balancing Balancing { get; set; } = Balancing.LeastLoadedOfTwo;

    /// <summary>
    /// The names below this zone are services, as those without a dot are: <c>http://orders</c> and <c>http://orders.service.quorate</c>.
    /// Requests to other hosts go where they say. Default <c>service.quorate</c>.
    /// </summary>
    public string Zone { get; set; } = DiscoveryZoneOptions.ApexDefault;

    /// <summary>
    /// How many other instances are tried where no connection could be made, and so nothing was sent. Default 3, from 0 to 10. A request
    /// that may have reached an instance is never sent again.
    /// </summary>
    public int RetriesMax { get; set; } = 3;

    /// <summary>How long an instance to which no connection could be made is passed over. Default 5 s, from 0 to 10 min.</summary>
    public TimeSpan EjectionTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Which part of a service's instances may be passed over at once; where more fail, it is rather the network. Default 0.5, from 0 to 1.
    /// </summary>
    public double EjectedPartMax { get; set; } = 0.5;

    /// <summary>
    /// Whether the instance is told by which name it was asked (<c>Host: orders</c>), which is also what its certificate is checked
    /// against. Default true; false sends its address.
    /// </summary>
    public bool KeepHost { get; set; } = true;

    /// <summary>Refuses values out of their bounds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its bounds.</exception>
    internal DiscoveryHttpOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(RetriesMax);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(RetriesMax, 10);
        ArgumentOutOfRangeException.ThrowIfLessThan(EjectionTime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(EjectionTime, TimeSpan.FromMinutes(10));
        if (EjectedPartMax is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(EjectedPartMax), EjectedPartMax, "It must be from 0 to 1.");
        return this;
    }
}
