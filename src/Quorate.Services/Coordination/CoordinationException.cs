namespace Quorate.Services.Coordination;

/// <summary>Why a call on the coordination service failed. Each has its own answer in etcd's API.</summary>
public enum CoordinationError
{
    /// <summary>A key is empty.</summary>
    EmptyKey,

    /// <summary>A put asks to keep the value and gives one.</summary>
    ValueProvided,

    /// <summary>A put asks to keep the lease and gives one.</summary>
    LeaseProvided,

    /// <summary>A put asks to keep the value or lease of a key that is not there.</summary>
    KeyNotFound,

    /// <summary>A transaction has more operations than the bound.</summary>
    TooManyOperations,

    /// <summary>A transaction writes a key twice.</summary>
    DuplicateKey,

    /// <summary>A sort order or target that does not exist, or another field out of its range.</summary>
    InvalidArgument,

    /// <summary>The revision was compacted away.</summary>
    Compacted,

    /// <summary>The revision is not there yet.</summary>
    FutureRevision,

    /// <summary>There is no such lease.</summary>
    LeaseNotFound,

    /// <summary>There is a lease of this id.</summary>
    LeaseExists,

    /// <summary>The time to live is out of its bounds.</summary>
    LeaseTtlTooLarge,

    /// <summary>The request is larger than the bound.</summary>
    RequestTooLarge,

    /// <summary>Too many requests are under way.</summary>
    TooManyRequests,

    /// <summary>There is no leader.</summary>
    NoLeader,

    /// <summary>Time ran out; a write may or may not have happened.</summary>
    Timeout,

    /// <summary>The node is stopping; a write may or may not have happened.</summary>
    Stopped,

    /// <summary>The disk is full, or the store's quota is used up; nothing was written.</summary>
    NoSpace,

    /// <summary>Something else, which the message tells.</summary>
    Internal,

    // The numbers are part of the form of replies: new ones come last.

    /// <summary>An alarm says that replicas differ; nothing is written until it is disarmed.</summary>
    Corrupt,

    /// <summary>Only the leader can do it, and this node does not lead.</summary>
    NotLeader,

    /// <summary>The node that shall lead is no voter of the cluster.</summary>
    BadLeaderTransferee,

    /// <summary>The node that shall lead did not begin to in time.</summary>
    LeaderTransferTimeout,

    /// <summary>A member's addresses are not URLs of a host and a port.</summary>
    MemberUrlsInvalid,

    /// <summary>There is a member of this id.</summary>
    MemberExists,

    /// <summary>A member has this address.</summary>
    MemberUrlExists,

    /// <summary>There is no such member.</summary>
    MemberNotFound,

    /// <summary>Only a learner is promoted.</summary>
    MemberNotLearner,

    /// <summary>The learner has not caught up with the leader.</summary>
    LearnerNotReady,

    /// <summary>There are as many learners as may be.</summary>
    TooManyLearners,

    /// <summary>Too few of the voters that there would be are reachable.</summary>
    UnhealthyCluster,

    /// <summary>Authentication is off.</summary>
    AuthNotEnabled,

    /// <summary>Authentication cannot be enabled: there is no user root.</summary>
    RootUserNotExist,

    /// <summary>Authentication cannot be enabled: the user root has not the role root.</summary>
    RootRoleNotExist,

    /// <summary>There is a user of this name.</summary>
    UserAlreadyExists,

    /// <summary>A user's name is empty; also: the caller has not said who it is.</summary>
    UserEmpty,

    /// <summary>There is no such user.</summary>
    UserNotFound,

    /// <summary>There is a role of this name.</summary>
    RoleAlreadyExists,

    /// <summary>There is no such role.</summary>
    RoleNotFound,

    /// <summary>A role's name is empty.</summary>
    RoleEmpty,

    /// <summary>No such user, or not this password.</summary>
    AuthFailed,

    /// <summary>The caller may not do this.</summary>
    PermissionDenied,

    /// <summary>The user has not this role.</summary>
    RoleNotGranted,

    /// <summary>The role has not this permission.</summary>
    PermissionNotGranted,

    /// <summary>A permission to grant is not given.</summary>
    PermissionNotGiven,

    /// <summary>The token is not known, or has ended.</summary>
    InvalidAuthToken,

    /// <summary>The user or role root cannot be taken away while authentication is on.</summary>
    InvalidAuthManagement,

    /// <summary>Users, roles or permissions changed since the caller was judged; nothing was done.</summary>
    AuthOldRevision,

    /// <summary>The user has no password and cannot log in.</summary>
    NoPasswordUser,

    /// <summary>Too many log-ins failed a short time ago.</summary>
    TooManyLogins,

    /// <summary>Users, roles and permissions take as much space as they may.</summary>
    AuthSpace,

    /// <summary>The cluster's level is too low: not every member is known to understand it yet. Nothing was done.</summary>
    NotCapable,
}

/// <summary>A call on the coordination service failed.</summary>
/// <param name="error">Why.</param>
/// <param name="message">What happened, for people.</param>
public sealed class CoordinationException(CoordinationError error, string message) : Exception(message)
{
    /// <summary>Why.</summary>
    public CoordinationError Error { get; } = error;
}
