namespace Quorate.Server.Grpc;

/// <summary>One method of a gRPC service.</summary>
internal abstract class GrpcMethod
{
    /// <summary>Answers one call. An error is thrown as <see cref="GrpcException"/>; returning means OK.</summary>
    /// <param name="call">The call: where the request is read from and the response written to.</param>
    public abstract ValueTask InvokeAsync(GrpcCall call);
}
