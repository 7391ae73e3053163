using System.Buffers;
using Google.Protobuf;

namespace Quorate.Server.Grpc;

/// <summary>A method with one request and one response.</summary>
/// <param name="parser">Parses the request.</param>
/// <param name="decode">Checks the request and puts it into the service's form.</param>
/// <param name="handle">Does the work for a caller.</param>
/// <param name="encode">Puts the response into its wire form.</param>
/// <param name="check">Refuses a request by its size in bytes, by throwing; null checks nothing.</param>
/// <param name="waits">Whether the work may wait for long, so that it must end when the client is gone.</param>
internal sealed class UnaryMethod<TWire, TRequest, TResponse>(
    MessageParser<TWire> parser,
    Func<TWire, TRequest> decode,
    Func<GrpcCaller, TRequest, CancellationToken, ValueTask<TResponse>> handle,
    Func<TResponse, IMessage> encode,
    Action<long>? check = null,
    bool waits = false) : GrpcMethod
    where TWire : class, IMessage<TWire>, new()
{
    private readonly Func<ReadOnlySequence<byte>, TWire> parse = parser.ParseFrom;

    /// <inheritdoc/>
    public override bool IsStream => false;

    /// <inheritdoc/>
    public override string Kind => "unary";

    /// <inheritdoc/>
    public override async ValueTask InvokeAsync(GrpcCall call)
    {
        var request = await call.ReadSingleAsync(parse, check);
        await call.RequireLeaderAsync();
        if (waits)
        {
            using var lifetime = call.BeginStream();
            await call.AnswerAsync(encode(await handle(call.Caller, decode(request), lifetime.Token)));
            return;
        }
        var response = await handle(call.Caller, decode(request), call.Deadline);
        await call.AnswerAsync(encode(response));
    }

    /// <inheritdoc/>
    public override async ValueTask ServeAsync(IMessageExchange exchange, CancellationToken cancellationToken)
    {
        // No body at all stands for a message without fields, as an empty frame does in gRPC.
        var request = await exchange.ReadNextAsync(parser, cancellationToken) ?? new TWire();
        check?.Invoke(request.CalculateSize());
        var response = await handle(exchange.Caller, decode(request), cancellationToken);
        await exchange.WriteAsync(encode(response), cancellationToken);
    }
}
