using Quorate.Client.Grpc;
using Quorate.Services.Coordination;

namespace Quorate.Client.Translation;

/// <summary>What a status of etcd's means for its caller.</summary>
internal enum StatusMeaning
{
    /// <summary>The request is refused for good; nothing was done.</summary>
    Final,

    /// <summary>This member cannot serve now; nothing was done. Another one may.</summary>
    NotHere,

    /// <summary>The token is not accepted; nothing was done.</summary>
    Token,

    /// <summary>It may have been done, or be done yet.</summary>
    Unknown,
}

/// <summary>Turns etcd's statuses into the service's errors, by their texts, as etcd's own client does.</summary>
/// <remarks>Source: etcd v3.4, etcdserver/api/v3rpc/rpctypes/error.go and util.go; clientv3/retry_interceptor.go.</remarks>
internal static class StatusErrors
{
    private static readonly CoordinationError[] OfTokens =
        [CoordinationError.InvalidAuthToken, CoordinationError.AuthOldRevision, CoordinationError.UserEmpty];

    private static readonly Dictionary<string, CoordinationError> ByText = Enum.GetValues<CoordinationError>()
        .Where(error => error != CoordinationError.Internal)
        .ToDictionary(CoordinationErrors.TextOf, error => error);

    private static readonly HashSet<string> NotHere =
    [
        CoordinationErrors.TextOf(CoordinationError.NoLeader), "etcdserver: rpc not supported for learner", "etcdserver: not capable",
        // Raft's own: the member knew no leader that it could have sent the proposal to.
        "raft proposal dropped",
    ];

    /// <summary>What a status means.</summary>
    /// <param name="status">The status of an answer.</param>
    public static StatusMeaning MeaningOf(CallException status)
    {
        if (NotHere.Contains(status.Message))
            return StatusMeaning.NotHere;
        if (ByText.TryGetValue(status.Message, out var error) && OfTokens.Contains(error))
            return StatusMeaning.Token;
        return status.Code is GrpcCode.Unavailable or GrpcCode.DeadlineExceeded or GrpcCode.Canceled or GrpcCode.Aborted
            && status.Message != CoordinationErrors.TextOf(CoordinationError.UnhealthyCluster)
            ? StatusMeaning.Unknown
            : StatusMeaning.Final;
    }

    /// <summary>Whether a watch was refused for its token, or may have been: etcd 3.4 calls that a lack of permission too.</summary>
    /// <param name="reason">The reason of the cancellation.</param>
    /// <remarks>The reason is the text of a status in Go: <c>rpc error: code = PermissionDenied desc = etcdserver: permission denied</c>.</remarks>
    public static bool MayBeToken(string reason) =>
        OfTokens.Append(CoordinationError.PermissionDenied)
            .Any(error => reason.EndsWith(CoordinationErrors.TextOf(error), StringComparison.Ordinal));

    /// <summary>The exception of a call that failed for good.</summary>
    /// <param name="failure">The failure.</param>
    public static CoordinationException ToException(CallException failure)
    {
        if (failure.Fate == CallFate.NotSent)
            return new CoordinationException(CoordinationError.NoLeader, $"No endpoint was reached: {failure.Message}");
        if (failure.InnerException is GrpcException)
            return new CoordinationException(CoordinationError.Internal, $"The answer cannot be read: {failure.Message}");
        if (failure.Fate == CallFate.Unknown || MeaningOf(failure) == StatusMeaning.Unknown)
            return new CoordinationException(CoordinationError.Timeout, $"What became of the call is not known: {failure.Message}");
        return new CoordinationException(ErrorOf(failure), failure.Message);
    }

    private static CoordinationError ErrorOf(CallException status)
    {
        if (MeaningOf(status) == StatusMeaning.NotHere)
            return CoordinationError.NoLeader;
        if (ByText.TryGetValue(status.Message, out var known))
            return known;
        // What the service has no error for is refused before anything is done.
        return status.Code is GrpcCode.Unknown or GrpcCode.Internal or GrpcCode.DataLoss or GrpcCode.ResourceExhausted
            ? CoordinationError.Internal
            : CoordinationError.InvalidArgument;
    }
}
