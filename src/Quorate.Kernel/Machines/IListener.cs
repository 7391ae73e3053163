namespace Quorate.Kernel.Machines;

/// <summary>Accepts connections. Disposing it stops listening and ends a pending accept; accepted connections stay open.</summary>
public interface IListener : IAsyncDisposable
{
    /// <summary>The address that it listens on, with the port that was really taken.</summary>
    NetworkAddress Local { get; }

    /// <summary>Waits for the next connection. Connections whose handshake fails are dropped and not reported here.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ObjectDisposedException">The listener was disposed.</exception>
    ValueTask<IConnection> AcceptAsync(CancellationToken cancellationToken = default);
}
