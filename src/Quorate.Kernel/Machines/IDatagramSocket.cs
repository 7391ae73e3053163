namespace Quorate.Kernel.Machines;

/// <summary>One received datagram.</summary>
/// <param name="From">Who sent it.</param>
/// <param name="Payload">What it holds; the memory belongs to the receiver.</param>
public readonly record struct Datagram(NetworkAddress From, ReadOnlyMemory<byte> Payload);

/// <summary>Sends and receives datagrams, each of which may be lost, doubled or overtaken by a later one.</summary>
public interface IDatagramSocket : IAsyncDisposable
{
    /// <summary>The largest payload in bytes.</summary>
    const int PayloadBytesMax = 65_507;

    /// <summary>The address that it is bound to, with the port that was really taken.</summary>
    NetworkAddress Local { get; }

    /// <summary>Sends one datagram, or drops it when the network cannot take it now. The payload is copied or sent before it returns.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="payload">At most <see cref="PayloadBytesMax"/> bytes.</param>
    /// <exception cref="ArgumentException">The payload is too large.</exception>
    void Send(NetworkAddress to, ReadOnlySpan<byte> payload);

    /// <summary>Waits for the next datagram.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ObjectDisposedException">The socket was disposed.</exception>
    ValueTask<Datagram> ReceiveAsync(CancellationToken cancellationToken = default);
}
