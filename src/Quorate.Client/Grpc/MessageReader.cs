using Google.Protobuf;

namespace Quorate.Client.Grpc;

/// <summary>Reads the messages of an answer.</summary>
internal static class MessageReader
{
    /// <summary>The next message; null at the end.</summary>
    /// <param name="stream">The answer's body.</param>
    /// <param name="parser">Parses it.</param>
    /// <param name="bytesMax">The largest message.</param>
    /// <param name="cancellationToken">Gives up; nothing can be read from the stream then.</param>
    /// <exception cref="GrpcException">What came is not a message, or is too large.</exception>
    public static async ValueTask<T?> ReadAsync<T>(Stream stream, MessageParser<T> parser, int bytesMax, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        var prefix = new byte[GrpcFrame.PrefixBytes];
        var read = await stream.ReadAtLeastAsync(prefix, prefix.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        if (read == 0)
            return null;
        if (read < prefix.Length)
            throw new GrpcException(GrpcCode.Internal, "the answer ends in the middle of a message");
        var message = new byte[GrpcFrame.Length(prefix, bytesMax, encoding: null)];
        await stream.ReadExactlyAsync(message, cancellationToken).ConfigureAwait(false);
        try
        {
            return parser.ParseFrom(message);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new GrpcException(GrpcCode.Internal, $"the answer is not a message: {e.Message}");
        }
    }
}
