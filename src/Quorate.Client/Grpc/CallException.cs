namespace Quorate.Client.Grpc;

/// <summary>What is known of a call that failed.</summary>
internal enum CallFate
{
    /// <summary>No server has seen it.</summary>
    NotSent,

    /// <summary>A server may have seen it, and may have done it or do it yet.</summary>
    Unknown,

    /// <summary>A server answered with a status other than OK.</summary>
    Answered,
}

/// <summary>A call failed.</summary>
/// <param name="fate">What is known of it.</param>
/// <param name="code">The status, where there was an answer; else the one that it would be for gRPC.</param>
/// <param name="message">The status message, or what happened.</param>
/// <param name="inner">What caused it, or null.</param>
internal sealed class CallException(CallFate fate, GrpcCode code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What is known of it.</summary>
    public CallFate Fate { get; } = fate;

    /// <summary>The status.</summary>
    public GrpcCode Code { get; } = code;
}
