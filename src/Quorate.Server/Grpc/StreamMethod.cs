namespace Quorate.Server.Grpc;

/// <summary>A method with a stream of responses, and with one request or a stream of them.</summary>
/// <param name="handle">Reads requests and writes responses until either side ends the call.</param>
/// <param name="takesMany">Whether there may be more than one request.</param>
internal sealed class StreamMethod(Func<IMessageExchange, CancellationToken, ValueTask> handle, bool takesMany) : GrpcMethod
{
    /// <inheritdoc/>
    public override bool IsStream => true;

    /// <inheritdoc/>
    public override string Kind => takesMany ? "bidi_stream" : "server_stream";

    /// <inheritdoc/>
    public override async ValueTask InvokeAsync(GrpcCall call)
    {
        using var lifetime = call.BeginStream();
        await call.RequireLeaderAsync();
        // The headers go out at once: clients wait for them before they believe that the stream is open. Without a token, as a flush that
        // is canceled makes the web server reset the stream, and a client would not learn why.
        await call.Output.FlushAsync();
        await handle(call, lifetime.Token);
    }

    /// <inheritdoc/>
    public override ValueTask ServeAsync(IMessageExchange exchange, CancellationToken cancellationToken) => handle(exchange, cancellationToken);
}
