namespace Quorate.Server.Listening;

/// <summary>
/// The bounds of one endpoint's web server. A connection or stream beyond a bound is refused; windows make a sender
/// wait.
/// </summary>
public sealed record EndpointLimits
{
    /// <summary>The most connections at once. Default 10,000; one more is closed at once.</summary>
    public int ConnectionsMax { get; init; } = 10_000;

    /// <summary>The most streams (calls under way) of one connection. Default 16,384; the client waits or its stream is refused.</summary>
    public int StreamsPerConnectionMax { get; init; } = 16_384;

    /// <summary>The most request bytes of one connection that have arrived and are not read. Default 4 MiB.</summary>
    public int ConnectionWindowBytes { get; init; } = 4 << 20;

    /// <summary>The most request bytes of one stream that have arrived and are not read. Default 1 MiB.</summary>
    public int StreamWindowBytes { get; init; } = 1 << 20;

    /// <summary>A connection that was silent for this long is asked whether it is alive. Default 20 s.</summary>
    public TimeSpan PingAfter { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>A connection that does not answer for this long is closed. Default 20 s.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(20);
}
