namespace Quorate.Services.Coordination.Serving;

/// <summary>
/// How much of what clients keep open one node serves. Beyond a bound a request is refused with <c>etcdserver: too many requests</c>.
/// </summary>
public sealed record CoordinationLimits
{
    /// <summary>The largest value of each number.</summary>
    public const int CountLimit = 100_000_000;

    /// <summary>The smallest value of <see cref="WatchUnreadBytesMax"/>: 1 MiB.</summary>
    public const long UnreadBytesMin = 1 << 20;

    /// <summary>The most watches of all clients. Default 1,000,000, at least 1.</summary>
    public int WatchesMax { get; init; } = 1_000_000;

    /// <summary>The most watches of one stream. Default 100,000, at least 1.</summary>
    public int WatchesPerStreamMax { get; init; } = 100_000;

    /// <summary>
    /// The most bytes of events that wait for the readers of all watch streams. Beyond it each stream holds one message, and its watches read the
    /// history once it is taken; nothing is lost. Default 512 MiB, at least 1 MiB.
    /// </summary>
    public long WatchUnreadBytesMax { get; init; } = 512L << 20;

    /// <summary>The most leases of the cluster. Default 1,000,000, at least 1. Grants that are under way at the same time may pass it.</summary>
    public int LeasesMax { get; init; } = 1_000_000;

    /// <summary>What is wrong with the values.</summary>
    public IEnumerable<string> Violations()
    {
        foreach (var (what, value) in ((string, int)[])[("watches", WatchesMax), ("watches of a stream", WatchesPerStreamMax), ("leases", LeasesMax)])
        {
            if (value is < 1 or > CountLimit)
                yield return $"The most {what} must be 1 to {CountLimit}, not {value}.";
        }

        if (WatchUnreadBytesMax < UnreadBytesMin)
            yield return $"The most unread bytes of watches must be at least {UnreadBytesMin}, not {WatchUnreadBytesMax}.";
    }
}
