using Google.Protobuf;
using Quorate.Server.Grpc;
using Quorate.Services.Coordination;

namespace Quorate.Server.Etcd.Methods;

/// <summary>The methods of etcd's API that are answered, by their gRPC path and by their paths in the JSON gateway.</summary>
/// <param name="access">The services, as each caller may use them.</param>
/// <param name="requestBytesMax">The largest writing request, in bytes.</param>
internal sealed class MethodTable(IClientAccess access, int requestBytesMax)
{
    private readonly SortedDictionary<string, GrpcMethod> byPath = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, GrpcMethod> byRoute = new(StringComparer.Ordinal);

    /// <summary>The methods by gRPC path, such as <c>/etcdserverpb.KV/Put</c>.</summary>
    public IReadOnlyDictionary<string, GrpcMethod> ByPath => byPath;

    /// <summary>The methods by what follows the version in the gateway's paths, such as <c>/kv/put</c>.</summary>
    public IReadOnlyDictionary<string, GrpcMethod> ByRoute => byRoute;

    /// <summary>Adds a method.</summary>
    /// <param name="path">Its gRPC path.</param>
    /// <param name="routes">Its paths in the gateway.</param>
    /// <param name="method">The method.</param>
    public void Add(string path, string[] routes, GrpcMethod method)
    {
        byPath.Add(path, method);
        foreach (var route in routes)
            byRoute.Add(route, method);
    }

    /// <summary>The services for one caller.</summary>
    /// <param name="caller">The caller.</param>
    public ClientServices For(GrpcCaller caller) => access.For(new ClientCredentials(caller.Token, caller.CertificateName, caller.From));

    /// <summary>A method that only reads.</summary>
    public UnaryMethod<TWire, TRequest, TResponse> Read<TWire, TRequest, TResponse>(
        MessageParser<TWire> parser,
        Func<TWire, TRequest> decode,
        Func<ClientServices, TRequest, CancellationToken, ValueTask<TResponse>> handle,
        Func<TResponse, IMessage> encode)
        where TWire : class, IMessage<TWire>, new() =>
        new(parser, decode, (caller, request, c) => handle(For(caller), request, c), encode);

    /// <summary>A method whose request may write, and so is bounded.</summary>
    public UnaryMethod<TWire, TRequest, TResponse> Write<TWire, TRequest, TResponse>(
        MessageParser<TWire> parser,
        Func<TWire, TRequest> decode,
        Func<ClientServices, TRequest, CancellationToken, ValueTask<TResponse>> handle,
        Func<TResponse, IMessage> encode)
        where TWire : class, IMessage<TWire>, new() =>
        new(parser, decode, (caller, request, c) => handle(For(caller), request, c), encode, RefuseTooLarge);

    /// <summary>A method whose request needs no other form than its own.</summary>
    public UnaryMethod<TWire, TWire, TResponse> Plain<TWire, TResponse>(
        MessageParser<TWire> parser, Func<ClientServices, TWire, CancellationToken, ValueTask<TResponse>> handle, Func<TResponse, IMessage> encode)
        where TWire : class, IMessage<TWire>, new() =>
        new(parser, static request => request, (caller, request, c) => handle(For(caller), request, c), encode);

    /// <summary>A method that may wait for long, and whose request needs no other form than its own.</summary>
    public UnaryMethod<TWire, TWire, TResponse> Waiting<TWire, TResponse>(
        MessageParser<TWire> parser, Func<ClientServices, TWire, CancellationToken, ValueTask<TResponse>> handle, Func<TResponse, IMessage> encode)
        where TWire : class, IMessage<TWire>, new() =>
        new(parser, static request => request, (caller, request, c) => handle(For(caller), request, c), encode, waits: true);

    /// <summary>A method whose request has no fields that matter.</summary>
    public UnaryMethod<Wire.EmptyRequest, Wire.EmptyRequest, TResponse> Empty<TResponse>(
        Func<ClientServices, CancellationToken, ValueTask<TResponse>> handle, Func<TResponse, IMessage> encode) =>
        Plain(Wire.EmptyRequest.Parser, (calls, _, cancellationToken) => handle(calls, cancellationToken), encode);

    /// <summary>A method with a stream of responses.</summary>
    /// <param name="handle">Reads requests and writes responses until either side ends the call.</param>
    /// <param name="takesMany">Whether there may be more than one request.</param>
    public StreamMethod Stream(Func<ClientServices, IMessageExchange, CancellationToken, ValueTask> handle, bool takesMany) =>
        new((exchange, cancellationToken) => handle(For(exchange.Caller), exchange, cancellationToken), takesMany);

    private void RefuseTooLarge(long bytes)
    {
        if (bytes > requestBytesMax)
            throw Translation.EtcdErrors.Of(CoordinationError.RequestTooLarge);
    }
}
