using System.Net.Sockets;
using System.Security.Authentication;
using Quorate.Kernel.Machines;

namespace Quorate.Runtime.Network;

/// <summary>Turns what sockets and TLS throw into an <see cref="IOException"/> that names the address.</summary>
internal static class NetworkErrors
{
    public static IOException Connecting(NetworkAddress remote, Exception e)
    {
        var message = $"Cannot connect to {remote}: {Reason(e)}.";
        return e is SocketException { SocketErrorCode: SocketError.ConnectionRefused }
            ? new ConnectionRefusedException(message, e) : new IOException(message, e);
    }

    public static IOException Listening(NetworkAddress local, Exception e) =>
        new($"Cannot listen on {local}: {Reason(e)}.", e);

    public static IOException Broken(NetworkAddress remote, Exception e) =>
        new($"The connection with {remote} broke: {Reason(e)}.", e);

    private static string Reason(Exception e) => e switch
    {
        SocketException s => Reason(s),
        AuthenticationException => "the TLS handshake failed, as one side does not accept the other's certificate",
        OperationCanceledException => "it took too long",
        ObjectDisposedException => "it was closed on this side",
        { InnerException: SocketException s } => Reason(s),
        _ => e.Message.TrimEnd('.'),
    };

    private static string Reason(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => "the address is in use",
        SocketError.AddressNotAvailable => "the address is not one of this machine",
        SocketError.AccessDenied => "this user may not use the address",
        SocketError.ConnectionRefused => "nobody listens there",
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => "it was reset",
        SocketError.OperationAborted or SocketError.Interrupted => "it was closed on this side",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "the host name is not known",
        SocketError.TimedOut => "it timed out",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable => "there is no way to the host",
        _ => e.Message.TrimEnd('.'),
    };
}
