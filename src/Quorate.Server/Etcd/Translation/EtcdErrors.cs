using Quorate.Services.Coordination;

namespace Quorate.Server.Etcd.Translation;

/// <summary>Which status of gRPC the errors of the coordination service are in etcd's API; their texts are the service's own.</summary>
/// <remarks>
/// Source: etcd 3.4, etcdserver/api/v3rpc/rpctypes/error.go. Clients compare these texts, so each is etcd's to the
/// letter: see <see cref="CoordinationErrors"/>.
/// </remarks>
internal static class EtcdErrors
{
    /// <summary>The status of a coordination error; null for an exception of another kind.</summary>
    /// <param name="exception">What was thrown.</param>
    public static GrpcException? Translate(Exception exception) =>
        exception is CoordinationException known ? Of(known.Error, known.Message) : null;

    /// <summary>The status of an error.</summary>
    /// <param name="error">Which error.</param>
    /// <param name="detail">What the service said; used only where etcd has no text of its own.</param>
    public static GrpcException Of(CoordinationError error, string detail = "") => error switch
    {
        CoordinationError.InvalidArgument or CoordinationError.Internal => New(CodeOf(error), Prefixed(detail)),
        _ => New(CodeOf(error), CoordinationErrors.TextOf(error)),
    };

    /// <summary>A sort order or target that does not exist. Source: etcd 3.5's ErrGRPCInvalidSortOption; 3.4 does not check.</summary>
    public static GrpcException InvalidSort() => New(GrpcCode.InvalidArgument, "etcdserver: invalid sort option");

    private static GrpcCode CodeOf(CoordinationError error) => error switch
    {
        CoordinationError.EmptyKey or CoordinationError.ValueProvided or CoordinationError.LeaseProvided or
            CoordinationError.KeyNotFound or CoordinationError.TooManyOperations or CoordinationError.DuplicateKey or
            CoordinationError.RequestTooLarge or CoordinationError.MemberUrlsInvalid or
            CoordinationError.InvalidArgument or CoordinationError.UserEmpty or CoordinationError.RoleEmpty or CoordinationError.AuthFailed or
            CoordinationError.PermissionNotGiven or CoordinationError.InvalidAuthManagement or
            CoordinationError.AuthOldRevision => GrpcCode.InvalidArgument,
        CoordinationError.AuthNotEnabled or CoordinationError.RootUserNotExist or CoordinationError.RootRoleNotExist or
            CoordinationError.UserAlreadyExists or CoordinationError.UserNotFound or CoordinationError.RoleAlreadyExists or
            CoordinationError.RoleNotFound or CoordinationError.RoleNotGranted or
            CoordinationError.PermissionNotGranted => GrpcCode.FailedPrecondition,
        CoordinationError.PermissionDenied => GrpcCode.PermissionDenied,
        CoordinationError.InvalidAuthToken => GrpcCode.Unauthenticated,
        CoordinationError.NotCapable => GrpcCode.Unavailable,
        CoordinationError.TooManyLogins or CoordinationError.AuthSpace => GrpcCode.ResourceExhausted,
        CoordinationError.Compacted or CoordinationError.FutureRevision or CoordinationError.LeaseTtlTooLarge => GrpcCode.OutOfRange,
        CoordinationError.LeaseNotFound or CoordinationError.MemberNotFound => GrpcCode.NotFound,
        CoordinationError.LeaseExists or CoordinationError.NotLeader or CoordinationError.BadLeaderTransferee or
            CoordinationError.MemberExists or CoordinationError.MemberUrlExists or CoordinationError.MemberNotLearner or
            CoordinationError.LearnerNotReady or CoordinationError.TooManyLearners => GrpcCode.FailedPrecondition,
        CoordinationError.TooManyRequests or CoordinationError.NoSpace => GrpcCode.ResourceExhausted,
        CoordinationError.NoLeader or CoordinationError.Timeout or CoordinationError.Stopped or
            CoordinationError.UnhealthyCluster => GrpcCode.Unavailable,
        CoordinationError.Corrupt => GrpcCode.DataLoss,
        _ => GrpcCode.Unknown,
    };

    private static string Prefixed(string detail) =>
        detail.StartsWith("etcdserver: ", StringComparison.Ordinal) ? detail : $"etcdserver: {detail}";

    private static GrpcException New(GrpcCode code, string message) => new(code, message);
}
