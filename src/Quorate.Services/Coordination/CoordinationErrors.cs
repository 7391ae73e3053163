namespace Quorate.Services.Coordination;

/// <summary>The texts of the service's errors: etcd's own, because clients match on them.</summary>
/// <remarks>Source: etcd v3.4, etcdserver/api/v3rpc/rpctypes/error.go.</remarks>
public static class CoordinationErrors
{
    /// <summary>The exception of an error, with its text.</summary>
    /// <param name="error">Which error.</param>
    public static CoordinationException Of(CoordinationError error) => new(error, TextOf(error));

    /// <summary>The text of an error as etcd words it.</summary>
    /// <param name="error">Which error.</param>
    public static string TextOf(CoordinationError error) => error switch
    {
        CoordinationError.EmptyKey => "etcdserver: key is not provided",
        CoordinationError.ValueProvided => "etcdserver: value is provided",
        CoordinationError.LeaseProvided => "etcdserver: lease is provided",
        CoordinationError.KeyNotFound => "etcdserver: key not found",
        CoordinationError.TooManyOperations => "etcdserver: too many operations in txn request",
        CoordinationError.DuplicateKey => "etcdserver: duplicate key given in txn request",
        CoordinationError.InvalidArgument => "etcdserver: invalid argument",
        CoordinationError.Compacted => "etcdserver: mvcc: required revision has been compacted",
        CoordinationError.FutureRevision => "etcdserver: mvcc: required revision is a future revision",
        CoordinationError.LeaseNotFound => "etcdserver: requested lease not found",
        CoordinationError.LeaseExists => "etcdserver: lease already exists",
        CoordinationError.LeaseTtlTooLarge => "etcdserver: too large lease TTL",
        CoordinationError.RequestTooLarge => "etcdserver: request is too large",
        CoordinationError.TooManyRequests => "etcdserver: too many requests",
        CoordinationError.NoLeader => "etcdserver: no leader",
        CoordinationError.Timeout => "etcdserver: request timed out",
        CoordinationError.Stopped => "etcdserver: server stopped",
        CoordinationError.NoSpace => "etcdserver: mvcc: database space exceeded",
        CoordinationError.Corrupt => "etcdserver: corrupt cluster",
        CoordinationError.NotLeader => "etcdserver: not leader",
        CoordinationError.BadLeaderTransferee => "etcdserver: bad leader transferee",
        CoordinationError.LeaderTransferTimeout => "etcdserver: request timed out, leader transfer took too long",
        CoordinationError.MemberUrlsInvalid => "etcdserver: given member URLs are invalid",
        CoordinationError.MemberExists => "etcdserver: member ID already exist",
        CoordinationError.MemberUrlExists => "etcdserver: Peer URLs already exists",
        CoordinationError.MemberNotFound => "etcdserver: member not found",
        CoordinationError.MemberNotLearner => "etcdserver: can only promote a learner member",
        CoordinationError.LearnerNotReady => "etcdserver: can only promote a learner member which is in sync with leader",
        CoordinationError.TooManyLearners => "etcdserver: too many learner members in cluster",
        CoordinationError.UnhealthyCluster => "etcdserver: unhealthy cluster",
        _ => "etcdserver: internal error",
    };
}
