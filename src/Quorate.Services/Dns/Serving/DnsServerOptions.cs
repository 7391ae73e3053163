using Quorate.Kernel.Machines;
using Quorate.Services.Dns.Wire;

namespace Quorate.Services.Dns.Serving;

/// <summary>The settings of a DNS server.</summary>
public sealed record DnsServerOptions
{
    /// <summary>Where it takes datagrams and connections. A host with several addresses names one of them.</summary>
    public required NetworkAddress Listen { get; init; }

    /// <summary>
    /// The largest datagram that it sends, in bytes. Default 1,232, which passes unfragmented everywhere; from 512 to 4,096. A client may ask
    /// for less. What is larger is cut, and asked for again over a connection.
    /// </summary>
    public int DatagramBytesMax { get; init; } = 1232;

    /// <summary>The most connections at once; one more is closed at once. Default 128, from 1 to 10,000.</summary>
    public int ConnectionsMax { get; init; } = 128;

    /// <summary>After what time without a query a connection is closed. Default 10 s, from 1 s to 10 min.</summary>
    public TimeSpan IdleMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The most datagrams a second that go to one network (/24 of IPv4, /56 of IPv6). Default 0: no bound. Of those beyond, half get nothing and
    /// half an empty, truncated answer, with which a true client comes back over a connection.
    /// </summary>
    public int ResponsesPerSecondMax { get; init; }

    /// <summary>Refuses values out of their bounds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its bounds.</exception>
    internal void Validate()
    {
        Between(nameof(DatagramBytesMax), DatagramBytesMax, DnsMessage.PlainDatagramBytes, 4096);
        Between(nameof(ConnectionsMax), ConnectionsMax, 1, 10_000);
        Between(nameof(IdleMax), IdleMax.TotalSeconds, 1, 600);
        Between(nameof(ResponsesPerSecondMax), ResponsesPerSecondMax, 0, 1_000_000);
    }

    private static void Between(string name, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be from {least} to {most}.");
    }
}
