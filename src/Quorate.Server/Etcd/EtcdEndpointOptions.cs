using Quorate.Kernel.Machines;
using Quorate.Server.Listening;

namespace Quorate.Server.Etcd;

/// <summary>How to serve etcd's API.</summary>
public sealed record EtcdEndpointOptions
{
    /// <summary>The smallest value of <see cref="RequestBytesMax"/>: 1 KiB.</summary>
    public const int RequestBytesMin = 1 << 10;

    /// <summary>The largest value of <see cref="RequestBytesMax"/>: 2 MiB.</summary>
    public const int RequestBytesLimit = 2 << 20;

    /// <summary>Where to listen. Port 0 takes any free port.</summary>
    public required NetworkAddress Listen { get; init; }

    /// <summary>The certificates; null serves HTTP/2 without TLS.</summary>
    public ServerTls? Tls { get; init; }

    /// <summary>
    /// The largest writing request, in bytes; a larger one is answered with "etcdserver: request is too large". Default 1.5 MiB, from 1 KiB
    /// to 2 MiB. Messages more than 512 KiB larger are refused before they are read, as in etcd.
    /// </summary>
    public int RequestBytesMax { get; init; } = 3 << 19;

    /// <summary>The web server's bounds.</summary>
    public EndpointLimits Limits { get; init; } = new();
}
