namespace Quorate.Services.Coordination;

/// <summary>The texts of the service's errors: etcd's own, because clients match on them.</summary>
/// <remarks>Source: etcd v3.4, etcdserver/api/v3rpc/rpctypes/error.go.</remarks>
public static class CoordinationErrors
{
    /// <summary>The exception of an error, with its text.</summary>
    /// <param name="error">Which error.</param>
    public static CoordinationException Of(CoordinationError error) => new(error, TextOf(error));

    /// <summary>
    /// Whether a call that ended so, and changes nothing or the same however often it is made, may be made again; where not, that is of no use.
    /// </summary>
    /// <param name="error">Its error.</param>
    public static bool MayBeTriedAgain(CoordinationError error) =>
        error is CoordinationError.NoLeader or CoordinationError.Timeout or CoordinationError.TooManyRequests;

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
        CoordinationError.NotCapable => "etcdserver: not capable",
        _ => TextOfAuthentication(error),
    };

    private static string TextOfAuthentication(CoordinationError error) => error switch
    {
        CoordinationError.AuthNotEnabled => "etcdserver: authentication is not enabled",
        CoordinationError.RootUserNotExist => "etcdserver: root user does not exist",
        CoordinationError.RootRoleNotExist => "etcdserver: root user does not have root role",
        CoordinationError.UserAlreadyExists => "etcdserver: user name already exists",
        CoordinationError.UserEmpty => "etcdserver: user name is empty",
        CoordinationError.UserNotFound => "etcdserver: user name not found",
        CoordinationError.RoleAlreadyExists => "etcdserver: role name already exists",
        CoordinationError.RoleNotFound => "etcdserver: role name not found",
        CoordinationError.RoleEmpty => "etcdserver: role name is empty",
        CoordinationError.AuthFailed => "etcdserver: authentication failed, invalid user ID or password",
        CoordinationError.PermissionDenied => "etcdserver: permission denied",
        CoordinationError.RoleNotGranted => "etcdserver: role is not granted to the user",
        CoordinationError.PermissionNotGranted => "etcdserver: permission is not granted to the role",
        CoordinationError.PermissionNotGiven => "etcdserver: permission not given",
        CoordinationError.InvalidAuthToken => "etcdserver: invalid auth token",
        CoordinationError.InvalidAuthManagement => "etcdserver: invalid auth management",
        CoordinationError.AuthOldRevision => "etcdserver: revision of auth store is old",
        // etcd's own word, which is of another package and has another beginning.
        CoordinationError.NoPasswordUser => "auth: authentication failed, password was given for no password user",
        CoordinationError.TooManyLogins => "etcdserver: too many failed log-ins, try again later",
        CoordinationError.AuthSpace => "etcdserver: too many users, roles or permissions",
        _ => "etcdserver: internal error",
    };
}
