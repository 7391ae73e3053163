using System.Net.Security;
using System.Net.Sockets;

namespace Quorate.Runtime.Network;

/// <summary>
/// TLS over a socket, that tells how it ended. TLS ends a stream with an alert of its own (close_notify); an end of the bytes without it is
/// a process that died, or somebody who cuts messages off (RFC 8446, section 6.1). <see cref="SslStream"/> reports both as an end.
/// </summary>
internal sealed class TlsStream(Socket socket) : SslStream(new Bytes(socket), leaveInnerStreamOpen: false)
{
    /// <summary>Whether the bytes came to their end, which they do not before the peer's own end was read.</summary>
    public bool WasCutOff => ((Bytes)InnerStream).HasEnded;

    private sealed class Bytes(Socket socket) : NetworkStream(socket, ownsSocket: true)
    {
        public bool HasEnded { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = base.ReadAsync(buffer, cancellationToken);
            // A read into nothing waits for bytes and takes none.
            if (buffer.IsEmpty)
                return read;
            if (!read.IsCompletedSuccessfully)
                return NoteAsync(read);
            var count = read.Result;
            HasEnded |= count == 0;
            return new ValueTask<int>(count);
        }

        private async ValueTask<int> NoteAsync(ValueTask<int> read)
        {
            var count = await read.ConfigureAwait(false);
            HasEnded |= count == 0;
            return count;
        }
    }
}
