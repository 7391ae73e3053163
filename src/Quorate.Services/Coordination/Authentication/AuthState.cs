using System.Diagnostics.CodeAnalysis;

namespace Quorate.Services.Coordination.Authentication;

/// <summary>Users, roles and permissions as all replicas know them.</summary>
/// <remarks>
/// Guarantee: deterministic. A change either is done whole or refused with the error that etcd has for it.
/// Cost: a change copies one user or role; the first question about a user after a change merges its permissions.
/// Fails when: it would take more than <see cref="BytesMax"/>: <see cref="CoordinationError.AuthSpace"/>.
/// Source: etcd v3.4, auth/store.go: the checks, their order, and which changes count a revision.
/// </remarks>
internal sealed class AuthState
{
    /// <summary>The user and the role that may do everything.</summary>
    public const string Root = "root";

    /// <summary>About the most bytes that users and roles may take.</summary>
    public const long BytesMax = 64 << 20;

    private readonly SortedDictionary<string, AuthUser> users = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, AuthRole> roles = new(StringComparer.Ordinal);
    private readonly Dictionary<string, UserRanges> ranges = new(StringComparer.Ordinal);
    private long bytes;

    /// <summary>Whether callers are judged.</summary>
    public bool IsEnabled { get; private set; }

    /// <summary>Counts the changes; 1 before the first.</summary>
    public long Revision { get; private set; } = 1;

    /// <summary>Whether nothing was ever changed.</summary>
    public bool IsUntouched => !IsEnabled && Revision == 1 && users.Count == 0 && roles.Count == 0;

    /// <summary>The users in order of their names.</summary>
    public IReadOnlyCollection<AuthUser> Users => users.Values;

    /// <summary>The roles in order of their names.</summary>
    public IReadOnlyCollection<AuthRole> Roles => roles.Values;

    /// <summary>Finds a user.</summary>
    /// <param name="name">The name.</param>
    /// <param name="user">The user.</param>
    public bool TryUser(string name, [NotNullWhen(true)] out AuthUser? user) => users.TryGetValue(name, out user);

    /// <summary>Finds a role.</summary>
    /// <param name="name">The name.</param>
    /// <param name="role">The role.</param>
    public bool TryRole(string name, [NotNullWhen(true)] out AuthRole? role) => roles.TryGetValue(name, out role);

    /// <summary>What a user may read and write.</summary>
    /// <param name="user">The user.</param>
    public UserRanges RangesOf(AuthUser user)
    {
        if (ranges.TryGetValue(user.Name, out var known))
            return known;
        // A role that is granted and not there, as root may be, permits nothing.
        var permissions = user.Roles.SelectMany(name => TryRole(name, out var role) ? role.Permissions : []).ToArray();
        return ranges[user.Name] = new UserRanges(Of(PermissionKind.Write), Of(PermissionKind.Read));

        KeyIntervals Of(PermissionKind without) => new(permissions.Where(p => p.Kind != without).Select(p => (p.Key, p.RangeEnd)));
    }

    /// <summary>Does a change.</summary>
    /// <param name="change">The change.</param>
    /// <returns>Why it is refused, or null.</returns>
    public CoordinationError? Apply(AuthChange change) => change switch
    {
        EnableAuth => Enable(),
        DisableAuth => Disable(),
        AddUser add => Add(add),
        DeleteUser delete => Delete(delete),
        ChangePassword password => Change(password),
        GrantRole grant => Grant(grant),
        RevokeRole revoke => Revoke(revoke),
        AddRole add => Add(add),
        DeleteRole delete => Delete(delete),
        GrantPermission grant => Grant(grant),
        RevokePermission revoke => Revoke(revoke),
        _ => throw new ArgumentException($"{change.GetType().Name} changes nothing.", nameof(change)),
    };

    /// <summary>Puts what was read from a snapshot into an empty state.</summary>
    /// <param name="isEnabled">Whether callers are judged.</param>
    /// <param name="revision">The revision.</param>
    public void Restore(bool isEnabled, long revision) => (IsEnabled, Revision) = (isEnabled, revision);

    /// <summary>Puts a user that was read from a snapshot in.</summary>
    /// <param name="user">The user.</param>
    /// <returns>Whether there was none of this name.</returns>
    public bool Restore(AuthUser user)
    {
        bytes += user.Bytes;
        return users.TryAdd(user.Name, user);
    }

    /// <summary>Puts a role that was read from a snapshot in.</summary>
    /// <param name="role">The role.</param>
    /// <returns>Whether there was none of this name.</returns>
    public bool Restore(AuthRole role)
    {
        bytes += role.Bytes;
        return roles.TryAdd(role.Name, role);
    }

    private CoordinationError? Enable()
    {
        if (IsEnabled)
            return null;
        if (!TryUser(Root, out var root))
            return CoordinationError.RootUserNotExist;
        if (!root.IsRoot)
            return CoordinationError.RootRoleNotExist;
        IsEnabled = true;
        ranges.Clear();
        return null;
    }

    private CoordinationError? Disable()
    {
        if (!IsEnabled)
            return null;
        IsEnabled = false;
        return Counted();
    }

    private CoordinationError? Add(AddUser add)
    {
        if (add.Name.Length == 0)
            return CoordinationError.UserEmpty;
        return TryUser(add.Name, out _) ? CoordinationError.UserAlreadyExists : Set(new AuthUser(add.Name, add.Password, []));
    }

    private CoordinationError? Delete(DeleteUser delete)
    {
        if (IsEnabled && delete.Name == Root)
            return CoordinationError.InvalidAuthManagement;
        if (!users.Remove(delete.Name, out var user))
            return CoordinationError.UserNotFound;
        bytes -= user.Bytes;
        return Counted();
    }

    // A user without password stays one.
    private CoordinationError? Change(ChangePassword change) =>
        !TryUser(change.Name, out var user) ? CoordinationError.UserNotFound
        : Set(user.Password is null ? user : user with { Password = change.Password });

    private CoordinationError? Grant(GrantRole grant)
    {
        if (!TryUser(grant.Name, out var user))
            return CoordinationError.UserNotFound;
        if (grant.Role != Root && !TryRole(grant.Role, out _))
            return CoordinationError.RoleNotFound;
        if (user.Roles.Contains(grant.Role))
            return null;
        return Set(user with { Roles = [.. user.Roles.Append(grant.Role).Order(StringComparer.Ordinal)] });
    }

    private CoordinationError? Revoke(RevokeRole revoke)
    {
        if (IsEnabled && revoke.Name == Root && revoke.Role == Root)
            return CoordinationError.InvalidAuthManagement;
        if (!TryUser(revoke.Name, out var user))
            return CoordinationError.UserNotFound;
        return user.Roles.Contains(revoke.Role) ? Set(Without(user, revoke.Role)) : CoordinationError.RoleNotGranted;
    }

    private CoordinationError? Add(AddRole add)
    {
        if (add.Name.Length == 0)
            return CoordinationError.RoleEmpty;
        return TryRole(add.Name, out _) ? CoordinationError.RoleAlreadyExists : Set(new AuthRole(add.Name, []));
    }

    private CoordinationError? Delete(DeleteRole delete)
    {
        if (IsEnabled && delete.Name == Root)
            return CoordinationError.InvalidAuthManagement;
        if (!roles.Remove(delete.Name, out var role))
            return CoordinationError.RoleNotFound;
        bytes -= role.Bytes;
        foreach (var user in users.Values.Where(user => user.Roles.Contains(delete.Name)).ToArray())
        {
            bytes -= user.Bytes;
            users[user.Name] = Without(user, delete.Name);
            bytes += users[user.Name].Bytes;
        }

        return Counted();
    }

    private CoordinationError? Grant(GrantPermission grant)
    {
        if (!TryRole(grant.Name, out var role))
            return CoordinationError.RoleNotFound;
        var (others, added) = (role.Permissions.ToList(), grant.Permission);
        var place = others.FindIndex(p => IsOf(p, added.Key, added.RangeEnd));
        if (place >= 0)
            others[place] = added;
        else
            others.Insert(others.FindLastIndex(p => p.Key.Span.SequenceCompareTo(added.Key.Span) <= 0) + 1, added);
        return Set(role with { Permissions = others });
    }

    private CoordinationError? Revoke(RevokePermission revoke)
    {
        if (!TryRole(revoke.Name, out var role))
            return CoordinationError.RoleNotFound;
        var left = role.Permissions.Where(p => !IsOf(p, revoke.Key, revoke.RangeEnd)).ToArray();
        return left.Length < role.Permissions.Count ? Set(role with { Permissions = left }) : CoordinationError.PermissionNotGranted;
    }

    private static bool IsOf(Permission permission, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> rangeEnd) =>
        permission.Key.Span.SequenceEqual(key.Span) && permission.RangeEnd.Span.SequenceEqual(rangeEnd.Span);

    private static AuthUser Without(AuthUser user, string role) => user with { Roles = [.. user.Roles.Where(r => r != role)] };

    private CoordinationError? Set(AuthUser user)
    {
        var growth = user.Bytes - (TryUser(user.Name, out var before) ? before.Bytes : 0);
        if (growth > 0 && bytes + growth > BytesMax)
            return CoordinationError.AuthSpace;
        bytes += growth;
        users[user.Name] = user;
        return Counted();
    }

    private CoordinationError? Set(AuthRole role)
    {
        var growth = role.Bytes - (TryRole(role.Name, out var before) ? before.Bytes : 0);
        if (growth > 0 && bytes + growth > BytesMax)
            return CoordinationError.AuthSpace;
        bytes += growth;
        roles[role.Name] = role;
        return Counted();
    }

    private CoordinationError? Counted()
    {
        Revision++;
        ranges.Clear();
        return null;
    }
}
