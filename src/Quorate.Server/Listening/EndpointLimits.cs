using Quorate.Kernel.Machines;

namespace Quorate.Server.Listening;

/// <summary>
/// The bounds of one endpoint's web server. What is beyond a bound is refused with the protocol's own error; windows make a sender wait.
/// docs/limits.md has them in one table.
/// </summary>
public sealed record EndpointLimits
{
    /// <summary>The smallest value of <see cref="CallBytesMax"/>: 16 MiB.</summary>
    public const long CallBytesMin = 16 << 20;

    /// <summary>An answer up to so many bytes, 8 KiB, is left to the web server; for a longer one the call waits until the client takes it.</summary>
    internal const int AnswerBytesHeld = 8 << 10;

    /// <summary>The most connections at once. Default 10,000; one more is told so and closed.</summary>
    public int ConnectionsMax { get; init; } = 10_000;

    /// <summary>The most calls under way of all connections, open streams among them. Default 100,000; one more is refused.</summary>
    public int CallsMax { get; init; } = 100_000;

    /// <summary>
    /// The most bytes of requests that have come in part, and of answers that wait for their readers, of all connections. Default 512 MiB, at
    /// least 16 MiB; what would pass it is refused.
    /// </summary>
    public long CallBytesMax { get; init; } = 512L << 20;

    /// <summary>The most streams (calls under way) of one connection. Default 16,384; the client waits or its stream is refused.</summary>
    public int StreamsPerConnectionMax { get; init; } = 16_384;

    /// <summary>The most request bytes of one connection that have arrived and are not read. Default 1 MiB.</summary>
    public int ConnectionWindowBytes { get; init; } = 1 << 20;

    /// <summary>The most request bytes of one stream that have arrived and are not read. Default 256 KiB.</summary>
    public int StreamWindowBytes { get; init; } = 256 << 10;

    /// <summary>How long a client may take to say what it wants: TLS, the protocol, the headers of a request. Default 10 s.</summary>
    public TimeSpan GreetingTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a reader may take nothing of a long answer or of a stream before that is ended, and how long a request that has begun may take to
    /// come. Default 1 min.
    /// </summary>
    public TimeSpan ReaderTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A connection that was silent for this long is asked whether it is alive. Default 20 s.</summary>
    public TimeSpan PingAfter { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>A connection that does not answer for this long is closed. Default 20 s.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Takes what is to be told: that a bound was reached, at most once a minute. From any thread. Default null: nobody.</summary>
    public Action<Severity, string>? Tell { get; init; }

    /// <summary>What is wrong with the values.</summary>
    public IEnumerable<string> Violations()
    {
        foreach (var (what, value) in ((string, int)[])[
            ("connections", ConnectionsMax), ("calls", CallsMax), ("streams of a connection", StreamsPerConnectionMax)])
        {
            if (value < 1)
                yield return $"The most {what} must be at least 1, not {value}.";
        }

        if (CallBytesMax < CallBytesMin)
            yield return $"The most bytes of calls must be at least {CallBytesMin}, not {CallBytesMax}.";
    }
}
