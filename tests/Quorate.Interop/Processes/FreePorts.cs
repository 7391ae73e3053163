using System.Net;
using System.Net.Sockets;

namespace Quorate.Interop.Processes;

/// <summary>Ports that nobody listens on now, below those that the system gives to outgoing connections.</summary>
internal static class FreePorts
{
    private const int From = 20_000;
    private const int To = 32_000;

    /// <summary>The first of some ports, ten apart as <c>quorate up</c> takes them.</summary>
    public static int Row(int count)
    {
        while (true)
        {
            var port = Random.Shared.Next(From, To);
            if (Enumerable.Range(0, count).All(i => IsFree(port + (10 * i))))
                return port;
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
