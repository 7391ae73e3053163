namespace Quorate.Server.Grpc;

/// <summary>One method of a gRPC service.</summary>
internal abstract class GrpcMethod
{
    /// <summary>Whether there may be more than one response.</summary>
    public abstract bool IsStream { get; }

    /// <summary>Its kind in the words of the figures: <c>unary</c>, <c>server_stream</c> or <c>bidi_stream</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>Counts the method's calls.</summary>
    public MethodTally Tally { get; } = new();

    /// <summary>Answers one gRPC call. An error is thrown as <see cref="GrpcException"/>; returning means OK.</summary>
    /// <param name="call">The call: where the request is read from and the response written to.</param>
    public abstract ValueTask InvokeAsync(GrpcCall call);

    /// <summary>Answers one call whose messages travel in another way.</summary>
    /// <param name="exchange">The messages.</param>
    /// <param name="cancellationToken">Canceled when nobody waits for the answer any more.</param>
    public abstract ValueTask ServeAsync(IMessageExchange exchange, CancellationToken cancellationToken);
}
