using Quorate.Server.Grpc;
using Quorate.Services.Coordination;

namespace Quorate.Server.Etcd.Translation;

/// <summary>The one table of how errors of the coordination service read in etcd's API.</summary>
/// <remarks>
/// Source: etcd 3.4, etcdserver/api/v3rpc/rpctypes/error.go. Clients compare these texts, so each is etcd's to the
/// letter.
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
        CoordinationError.EmptyKey => New(GrpcCode.InvalidArgument, "etcdserver: key is not provided"),
        CoordinationError.ValueProvided => New(GrpcCode.InvalidArgument, "etcdserver: value is provided"),
        CoordinationError.LeaseProvided => New(GrpcCode.InvalidArgument, "etcdserver: lease is provided"),
        CoordinationError.KeyNotFound => New(GrpcCode.InvalidArgument, "etcdserver: key not found"),
        CoordinationError.TooManyOperations => New(GrpcCode.InvalidArgument, "etcdserver: too many operations in txn request"),
        CoordinationError.DuplicateKey => New(GrpcCode.InvalidArgument, "etcdserver: duplicate key given in txn request"),
        CoordinationError.InvalidArgument => New(GrpcCode.InvalidArgument, Prefixed(detail)),
        CoordinationError.Compacted => New(GrpcCode.OutOfRange, "etcdserver: mvcc: required revision has been compacted"),
        CoordinationError.FutureRevision => New(GrpcCode.OutOfRange, "etcdserver: mvcc: required revision is a future revision"),
        CoordinationError.LeaseNotFound => New(GrpcCode.NotFound, "etcdserver: requested lease not found"),
        CoordinationError.LeaseExists => New(GrpcCode.FailedPrecondition, "etcdserver: lease already exists"),
        CoordinationError.LeaseTtlTooLarge => New(GrpcCode.OutOfRange, "etcdserver: too large lease TTL"),
        CoordinationError.RequestTooLarge => New(GrpcCode.InvalidArgument, "etcdserver: request is too large"),
        CoordinationError.TooManyRequests => New(GrpcCode.ResourceExhausted, "etcdserver: too many requests"),
        CoordinationError.NoLeader => New(GrpcCode.Unavailable, "etcdserver: no leader"),
        CoordinationError.Timeout => New(GrpcCode.Unavailable, "etcdserver: request timed out"),
        CoordinationError.Stopped => New(GrpcCode.Unavailable, "etcdserver: server stopped"),
        CoordinationError.NoSpace => New(GrpcCode.ResourceExhausted, "etcdserver: mvcc: database space exceeded"),
        CoordinationError.Corrupt => New(GrpcCode.DataLoss, "etcdserver: corrupt cluster"),
        CoordinationError.NotLeader => New(GrpcCode.FailedPrecondition, "etcdserver: not leader"),
        CoordinationError.BadLeaderTransferee => New(GrpcCode.FailedPrecondition, "etcdserver: bad leader transferee"),
        CoordinationError.LeaderTransferTimeout =>
            New(GrpcCode.Unknown, "etcdserver: request timed out, leader transfer took too long"),
        CoordinationError.MemberUrlsInvalid => New(GrpcCode.InvalidArgument, "etcdserver: given member URLs are invalid"),
        CoordinationError.MemberExists => New(GrpcCode.FailedPrecondition, "etcdserver: member ID already exist"),
        CoordinationError.MemberUrlExists => New(GrpcCode.FailedPrecondition, "etcdserver: Peer URLs already exists"),
        CoordinationError.MemberNotFound => New(GrpcCode.NotFound, "etcdserver: member not found"),
        CoordinationError.MemberNotLearner => New(GrpcCode.FailedPrecondition, "etcdserver: can only promote a learner member"),
        CoordinationError.LearnerNotReady => New(
            GrpcCode.FailedPrecondition, "etcdserver: can only promote a learner member which is in sync with leader"),
        CoordinationError.TooManyLearners => New(GrpcCode.FailedPrecondition, "etcdserver: too many learner members in cluster"),
        CoordinationError.UnhealthyCluster => New(GrpcCode.Unavailable, "etcdserver: unhealthy cluster"),
        _ => New(GrpcCode.Unknown, Prefixed(detail)),
    };

    /// <summary>A sort order or target that does not exist. Source: etcd 3.5's ErrGRPCInvalidSortOption; 3.4 does not check.</summary>
    public static GrpcException InvalidSort() => New(GrpcCode.InvalidArgument, "etcdserver: invalid sort option");

    /// <summary>Authentication is not there to be enabled: there is no root user.</summary>
    public static GrpcException RootUserNotExist() => New(GrpcCode.FailedPrecondition, "etcdserver: root user does not exist");

    /// <summary>Nobody can log in where authentication is off.</summary>
    public static GrpcException AuthNotEnabled() => New(GrpcCode.FailedPrecondition, "etcdserver: authentication is not enabled");

    /// <summary>There is no such user.</summary>
    public static GrpcException UserNotFound() => New(GrpcCode.FailedPrecondition, "etcdserver: user name not found");

    /// <summary>There is no such role.</summary>
    public static GrpcException RoleNotFound() => New(GrpcCode.FailedPrecondition, "etcdserver: role name not found");

    private static string Prefixed(string detail) =>
        detail.StartsWith("etcdserver: ", StringComparison.Ordinal) ? detail : $"etcdserver: {detail}";

    private static GrpcException New(GrpcCode code, string message) => new(code, message);
}
