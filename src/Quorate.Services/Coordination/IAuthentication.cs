namespace Quorate.Services.Coordination;

/// <summary>Who may do what: users with roles, roles with permissions on key ranges, and log-ins. Off until it is enabled.</summary>
/// <remarks>
/// Guarantee: changes are replicated as writes are and take effect at their place among them: a write that comes later in the log is judged
/// by them. No password is in the log, on disk or in memory longer than its call: a salted slow hash is.
/// Cost: a change is a write. A log-in, a new user and a new password compute one slow hash (<c>PasswordIterations</c>), at most half of the
/// cores at once.
/// Fails when: as <see cref="ICoordination"/>; and with <see cref="CoordinationError.TooManyLogins"/> after too many bad log-ins.
/// Safe to call from any thread. Source: etcd API v3.4, etcdserverpb/rpc.proto, Auth; AuthStatus is of 3.5.
/// </remarks>
public interface IAuthentication
{
    /// <summary>Turns authentication on. There must be a user <c>root</c> that has the role <c>root</c>.</summary>
    ValueTask<ResponseHeader> EnableAsync(CancellationToken cancellationToken = default);

    /// <summary>Turns authentication off: everybody who reaches the endpoint may do everything. Users and roles stay.</summary>
    ValueTask<ResponseHeader> DisableAsync(CancellationToken cancellationToken = default);

    /// <summary>Whether authentication is on, on this node.</summary>
    ValueTask<AuthStatusResponse> AuthStatusAsync(CancellationToken cancellationToken = default);

    /// <summary>Logs a user in.</summary>
    /// <param name="name">The user.</param>
    /// <param name="password">The password.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<AuthenticateResponse> AuthenticateAsync(string name, string password, CancellationToken cancellationToken = default);

    /// <summary>Adds a user without roles.</summary>
    /// <param name="name">The name; at most 1,024 characters.</param>
    /// <param name="password">The password; at most 1,024 characters, and it may be empty.</param>
    /// <param name="noPassword">Whether the user cannot log in, and is known by a client certificate alone.</param>
    /// <param name="cancellationToken">Gives up waiting; the change may still come.</param>
    ValueTask<ResponseHeader> UserAddAsync(string name, string password, bool noPassword, CancellationToken cancellationToken = default);

    /// <summary>The roles of a user. Root may ask for everyone, others for themselves.</summary>
    ValueTask<NamesResponse> UserGetAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>All users.</summary>
    ValueTask<NamesResponse> UserListAsync(CancellationToken cancellationToken = default);

    /// <summary>Removes a user; its tokens end.</summary>
    ValueTask<ResponseHeader> UserDeleteAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Gives a user another password; its tokens end.</summary>
    ValueTask<ResponseHeader> UserChangePasswordAsync(string name, string password, CancellationToken cancellationToken = default);

    /// <summary>Gives a user a role.</summary>
    ValueTask<ResponseHeader> UserGrantRoleAsync(string name, string role, CancellationToken cancellationToken = default);

    /// <summary>Takes a role from a user.</summary>
    ValueTask<ResponseHeader> UserRevokeRoleAsync(string name, string role, CancellationToken cancellationToken = default);

    /// <summary>Adds a role without permissions.</summary>
    ValueTask<ResponseHeader> RoleAddAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>The permissions of a role. Root may ask for every role, others for those that they have.</summary>
    ValueTask<RoleGetResponse> RoleGetAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>All roles.</summary>
    ValueTask<NamesResponse> RoleListAsync(CancellationToken cancellationToken = default);

    /// <summary>Removes a role, also from the users that have it.</summary>
    ValueTask<ResponseHeader> RoleDeleteAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Gives a role a permission; another kind on the same range is replaced.</summary>
    ValueTask<ResponseHeader> RoleGrantPermissionAsync(
        string name, Permission permission, CancellationToken cancellationToken = default);

    /// <summary>Takes a permission from a role.</summary>
    /// <param name="name">The role.</param>
    /// <param name="key">The permission's key, as it was granted.</param>
    /// <param name="rangeEnd">Its end, as it was granted.</param>
    /// <param name="cancellationToken">Gives up waiting; the change may still come.</param>
    ValueTask<ResponseHeader> RoleRevokePermissionAsync(
        string name, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> rangeEnd, CancellationToken cancellationToken = default);

    /// <summary>
    /// Waits, for at most a second, until this node knows the caller's token: one that another member gave a moment ago may be on its way.
    /// </summary>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask SettleAsync(CancellationToken cancellationToken = default);
}
