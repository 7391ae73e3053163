using System.Buffers;

namespace Quorate.Server.Grpc;

/// <summary>A method with one request and one response.</summary>
/// <param name="decode">Parses the request; it must copy what it keeps.</param>
/// <param name="handle">Does the work.</param>
/// <param name="encode">Writes the response with its frame prefix.</param>
/// <param name="check">Refuses a request by its size in bytes, by throwing; null checks nothing.</param>
internal sealed class UnaryMethod<TRequest, TResponse>(
    Func<ReadOnlySequence<byte>, TRequest> decode,
    Func<TRequest, CancellationToken, ValueTask<TResponse>> handle,
    Action<TResponse, IBufferWriter<byte>> encode,
    Action<long>? check = null) : GrpcMethod
{
    /// <inheritdoc/>
    public override async ValueTask InvokeAsync(GrpcCall call)
    {
        var request = await call.ReadSingleAsync(decode, check);
        await call.RequireLeaderAsync();
        var response = await handle(request, call.Deadline);
        encode(response, call.Output);
    }
}
