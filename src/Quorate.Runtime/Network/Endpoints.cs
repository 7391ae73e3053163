using System.Net;
using System.Net.Sockets;
using Quorate.Kernel.Machines;

namespace Quorate.Runtime.Network;

/// <summary>Turns addresses of ours into the operating system's, and back.</summary>
internal static class Endpoints
{
    /// <summary>Every IP address of a host, as the resolver orders them.</summary>
    public static async ValueTask<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (TryLiteral(host, out var literal))
            return [literal];
        var found = await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
        return found.Length > 0 ? found : throw new SocketException((int)SocketError.HostNotFound);
    }

    /// <summary>The IP address of a host that needs no resolver.</summary>
    public static bool TryLiteral(string host, out IPAddress address)
    {
        address = IPAddress.Loopback;
        return host == "localhost" || IPAddress.TryParse(host, out address!);
    }

    public static NetworkAddress ToAddress(EndPoint? endpoint)
    {
        if (endpoint is not IPEndPoint ip)
            return default;
        var address = ip.Address.IsIPv4MappedToIPv6 ? ip.Address.MapToIPv4() : ip.Address;
        return new NetworkAddress(address.ToString(), ip.Port);
    }
}
