namespace Quorate.Services.Coordination.Authentication;

/// <summary>A user. Never changed: a change makes another one.</summary>
/// <param name="Name">The name.</param>
/// <param name="Password">The password's hash; null for a user that cannot log in.</param>
/// <param name="Roles">The roles, in order of their names.</param>
internal sealed record AuthUser(string Name, PasswordHash? Password, IReadOnlyList<string> Roles)
{
    /// <summary>Whether it may do everything.</summary>
    public bool IsRoot => Roles.Contains(AuthState.Root);

    /// <summary>About how many bytes it takes.</summary>
    public long Bytes => 256 + (2L * Name.Length) + Roles.Sum(static role => 32 + (2L * role.Length));
}

/// <summary>A role. Never changed: a change makes another one.</summary>
/// <param name="Name">The name.</param>
/// <param name="Permissions">The permissions, in order of their keys; those of one key as they were granted.</param>
internal sealed record AuthRole(string Name, IReadOnlyList<Permission> Permissions)
{
    /// <summary>About how many bytes it takes.</summary>
    public long Bytes => 128 + (2L * Name.Length) + Permissions.Sum(static p => 128 + p.Key.Length + p.RangeEnd.Length);
}

/// <summary>What a user may read and write, all roles together.</summary>
/// <param name="Read">What it may read.</param>
/// <param name="Write">What it may write.</param>
internal sealed record UserRanges(KeyIntervals Read, KeyIntervals Write);
