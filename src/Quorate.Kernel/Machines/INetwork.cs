namespace Quorate.Kernel.Machines;

/// <summary>The network as a machine sees it.</summary>
public interface INetwork
{
    /// <summary>Opens a connection: a reliable, ordered stream of bytes each way, until it is reset.</summary>
    /// <param name="remote">Where to.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ConnectionRefusedException">Nobody listens there.</exception>
    /// <exception cref="IOException">Unreachable, or the peer's identity was not accepted.</exception>
    ValueTask<IConnection> ConnectAsync(NetworkAddress remote, CancellationToken cancellationToken = default);

    /// <summary>Listens for connections.</summary>
    /// <param name="local">Where; port 0 takes any free port, which <see cref="IListener.Local"/> tells.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="IOException">The address is in use or not of this machine.</exception>
    ValueTask<IListener> ListenAsync(NetworkAddress local, CancellationToken cancellationToken = default);

    /// <summary>Binds a datagram socket.</summary>
    /// <param name="local">Where; port 0 takes any free port, which <see cref="IDatagramSocket.Local"/> tells.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="IOException">The address is in use or not of this machine.</exception>
    ValueTask<IDatagramSocket> BindAsync(NetworkAddress local, CancellationToken cancellationToken = default);
}
