using System.IO.Pipelines;

namespace Quorate.Kernel.Machines;

/// <summary>
/// One connection. Bytes arrive in order and unchanged, or the connection is reset: then reads and flushes throw
/// <see cref="IOException"/>. The peer's clean close completes the reader. Bytes flushed before a reset may or may not have arrived.
/// </summary>
/// <remarks>Disposing closes both directions cleanly after the bytes already flushed; <see cref="Abort"/> resets at once.</remarks>
public interface IConnection : IDuplexPipe, IAsyncDisposable
{
    /// <summary>This end.</summary>
    NetworkAddress Local { get; }

    /// <summary>The other end.</summary>
    NetworkAddress Remote { get; }

    /// <summary>The name that the peer proved with its certificate, or null on a link without TLS.</summary>
    string? PeerIdentity { get; }

    /// <summary>Resets the connection at once, in both directions.</summary>
    void Abort();
}
