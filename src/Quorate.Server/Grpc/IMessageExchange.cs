using Google.Protobuf;

namespace Quorate.Server.Grpc;

/// <summary>The messages of one call, whichever way they travel: framed over gRPC, or as JSON over plain HTTP.</summary>
internal interface IMessageExchange
{
    /// <summary>Whether the call ends when the cluster has no leader.</summary>
    bool AsksForLeader { get; }

    /// <summary>Who calls.</summary>
    GrpcCaller Caller { get; }

    /// <summary>Reads the next request.</summary>
    /// <param name="parser">Parses it.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The request, or null when the client has closed its side.</returns>
    ValueTask<T?> ReadNextAsync<T>(MessageParser<T> parser, CancellationToken cancellationToken)
        where T : class, IMessage<T>;

    /// <summary>Writes one response and waits until there is room for the next.</summary>
    /// <param name="message">What to write.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask WriteAsync(IMessage message, CancellationToken cancellationToken);

    /// <summary>Whether responses travel as frames of protobuf, so that they may be given as such.</summary>
    bool TakesFrames { get; }

    /// <summary>Writes responses that are frames already, and waits until there is room for more.</summary>
    /// <param name="frames">The frames.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask WriteFramesAsync(ReadOnlyMemory<byte> frames, int count, CancellationToken cancellationToken);
}
