using System.Net;
using System.Net.Sockets;
using Quorate.Kernel.Encoding;

namespace Quorate.Services.Dns.Serving;

/// <summary>What a datagram may be answered with.</summary>
internal enum Allowance
{
    /// <summary>All there is to say.</summary>
    Full,

    /// <summary>An empty, truncated answer.</summary>
    Cut,

    /// <summary>Nothing.</summary>
    Nothing,
}

/// <summary>
/// Bounds the answers to each network, so that a forged sender gets little: a fixed table of buckets, where networks of one bucket share it.
/// </summary>
/// <param name="perSecondMax">The most answers a second; 0 for no bound.</param>
/// <param name="clock">The clock.</param>
internal sealed class ResponseRate(int perSecondMax, TimeProvider clock)
{
    private const int Buckets = 4096;
    private readonly Bucket[] buckets = perSecondMax > 0 ? new Bucket[Buckets] : [];

    /// <summary>Counts one more datagram to a host.</summary>
    /// <param name="host">The host.</param>
    public Allowance Take(string host)
    {
        if (perSecondMax == 0)
            return Allowance.Full;
        ref var bucket = ref buckets[NetworkOf(host) % Buckets];
        var second = clock.GetTimestamp() / clock.TimestampFrequency;
        if (bucket.Second != second)
            bucket = new Bucket(second, 0);
        bucket.Count++;
        if (bucket.Count <= perSecondMax)
            return Allowance.Full;
        return bucket.Count % 2 == 0 ? Allowance.Cut : Allowance.Nothing;
    }

    private static ulong NetworkOf(string host)
    {
        if (!IPAddress.TryParse(host, out var address))
            return StableHash.Of(System.Text.Encoding.UTF8.GetBytes(host));
        var bytes = address.GetAddressBytes();
        return StableHash.Of(bytes.AsSpan(0, address.AddressFamily == AddressFamily.InterNetwork ? 3 : 7));
    }

    private record struct Bucket(long Second, int Count);
}
