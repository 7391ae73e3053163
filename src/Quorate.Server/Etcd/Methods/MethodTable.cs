using Google.Protobuf;
using Quorate.Server.Grpc;

namespace Quorate.Server.Etcd.Methods;

/// <summary>The methods of etcd's API that are answered, by their gRPC path and by their paths in the JSON gateway.</summary>
/// <param name="requestBytesMax">The largest writing request, in bytes.</param>
internal sealed class MethodTable(int requestBytesMax)
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

    /// <summary>A method whose request may write, and so is bounded.</summary>
    public UnaryMethod<TWire, TRequest, TResponse> Write<TWire, TRequest, TResponse>(
        MessageParser<TWire> parser,
        Func<TWire, TRequest> decode,
        Func<TRequest, CancellationToken, ValueTask<TResponse>> handle,
        Func<TResponse, IMessage> encode)
        where TWire : class, IMessage<TWire>, new() =>
        new(parser, decode, handle, encode, RefuseTooLarge);

    /// <summary>A method whose request needs no other form than its own.</summary>
    public static UnaryMethod<TWire, TWire, TResponse> Plain<TWire, TResponse>(
        MessageParser<TWire> parser, Func<TWire, CancellationToken, ValueTask<TResponse>> handle, Func<TResponse, IMessage> encode)
        where TWire : class, IMessage<TWire>, new() =>
        new(parser, static request => request, handle, encode);

    /// <summary>A method whose request has no fields that matter.</summary>
    public static UnaryMethod<Wire.EmptyRequest, Wire.EmptyRequest, TResponse> Empty<TResponse>(
        Func<CancellationToken, ValueTask<TResponse>> handle, Func<TResponse, IMessage> encode) =>
        Plain(Wire.EmptyRequest.Parser, (_, cancellationToken) => handle(cancellationToken), encode);

    private void RefuseTooLarge(long bytes)
    {
        if (bytes > requestBytesMax)
            throw Translation.EtcdErrors.Of(Services.Coordination.CoordinationError.RequestTooLarge);
    }
}
