using Microsoft.AspNetCore.Http.Features;

namespace Quorate.Server.Grpc;

/// <summary>What a set of methods needs to be served.</summary>
internal sealed record GrpcServiceOptions
{
    /// <summary>The methods by path, such as <c>/etcdserverpb.KV/Put</c>.</summary>
    public required IReadOnlyDictionary<string, GrpcMethod> Methods { get; init; }

    /// <summary>The largest message that is accepted, in bytes.</summary>
    public required int MessageBytesMax { get; init; }

    /// <summary>What all calls may take together.</summary>
    public required CallGate Gate { get; init; }

    /// <summary>The error of a call for which there is no room.</summary>
    public required Func<GrpcException> TooMany { get; init; }

    /// <summary>Turns an exception of a service into a status; null for one that it does not know.</summary>
    public required Func<Exception, GrpcException?> Translate { get; init; }

    /// <summary>
    /// Whether the cluster has a leader: asked for calls that carry the metadata <c>hasleader: true</c>, which end with
    /// <see cref="NoLeader"/> when it has none.
    /// </summary>
    public required Func<CancellationToken, ValueTask<bool>> HasLeader { get; init; }

    /// <summary>The error of a call that needs a leader when there is none.</summary>
    public required Func<GrpcException> NoLeader { get; init; }

    /// <summary>The error of streams when the server stops.</summary>
    public required Func<GrpcException> Stopping { get; init; }

    /// <summary>Answers what is no gRPC call and has no method's path; its token is canceled when the server stops.</summary>
    public Func<IFeatureCollection, CancellationToken, Task>? Others { get; init; }
}
