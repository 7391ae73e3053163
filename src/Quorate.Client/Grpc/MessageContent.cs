using System.Net;
using System.Threading.Channels;
using Google.Protobuf;

namespace Quorate.Client.Grpc;

/// <summary>The messages of a request that is a stream: each is sent as it is written, until it is completed.</summary>
internal sealed class MessageContent : HttpContent
{
    // Requests of a stream are few and small; who writes more of them than are sent is refused.
    private const int UnsentMax = 1024;
    private readonly Channel<IMessage> unsent = Channel.CreateBounded<IMessage>(new BoundedChannelOptions(UnsentMax) { SingleReader = true });

    /// <summary>Writes a message, to be sent later.</summary>
    /// <param name="message">The message.</param>
    /// <returns>Whether there was room for it, and the stream has not ended.</returns>
    public bool TryWrite(IMessage message) => unsent.Writer.TryWrite(message);

    /// <summary>Ends the request.</summary>
    public void Complete() => unsent.Writer.TryComplete();

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The server begins with the head of the request.
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var message in unsent.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            await stream.WriteAsync(GrpcFrame.ToArray(message), cancellationToken).ConfigureAwait(false);
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
