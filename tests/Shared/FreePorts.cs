using System.Net;
using System.Net.Sockets;

namespace Shared;

/// <summary>
/// Ports of loopback that nobody listens on, below those that the system gives to outgoing connections. Each is claimed until this process
/// ends, by a datagram socket of the same number: no other test or benchmark, of this process or another, is given it meanwhile.
/// </summary>
internal static class FreePorts
{
    private const int From = 20_000;
    private const int To = 32_000;
    private const int TriesMax = 10_000;
    private static readonly List<Socket> Claims = [];

    /// <summary>The first of some ports, ten apart as <c>quorate up</c> takes them.</summary>
    public static int Row(int count)
    {
        for (var attempt = 0; attempt < TriesMax; attempt++)
        {
            var port = Random.Shared.Next(From, To);
            if (TryClaim([.. Enumerable.Range(0, count).Select(i => port + (10 * i))]))
                return port;
        }

        throw new InvalidOperationException($"No row of {count} free ports was found between {From} and {To}.");
    }

    /// <summary>Some ports.</summary>
    public static int[] Some(int count) => [.. Enumerable.Range(0, count).Select(_ => Row(1))];

    private static bool TryClaim(int[] ports)
    {
        var claims = new List<Socket>();
        foreach (var port in ports)
        {
            if (Claim(port) is { } claim && IsFree(port))
            {
                claims.Add(claim);
                continue;
            }

            claims.ForEach(c => c.Dispose());
            return false;
        }

        lock (Claims)
            Claims.AddRange(claims);
        return true;
    }

    private static Socket? Claim(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ExclusiveAddressUse = true };
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
