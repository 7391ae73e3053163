namespace Quorate.Client.Grpc;

/// <summary>Ends a call with a status other than OK.</summary>
/// <param name="code">How the call ends.</param>
/// <param name="message">Why, for people; sent to the client.</param>
internal sealed class GrpcException(GrpcCode code, string message) : Exception(message)
{
    /// <summary>How the call ends.</summary>
    public GrpcCode Code { get; } = code;
}
