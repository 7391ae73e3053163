namespace Quorate.Services.Coordination;

/// <summary>What a permission lets its holder do. The numbers are etcd's, and part of the log's format.</summary>
public enum PermissionKind
{
    /// <summary>Read and watch.</summary>
    Read = 0,

    /// <summary>Put and delete.</summary>
    Write = 1,

    /// <summary>Both.</summary>
    ReadWrite = 2,
}

/// <summary>How many kinds of permissions there are.</summary>
internal static class PermissionKinds
{
    /// <summary>One more than the largest number.</summary>
    public const int Count = 3;
}

/// <summary>A permission on a key or a range of keys.</summary>
/// <param name="Kind">What may be done.</param>
/// <param name="Key">The key, or the first one.</param>
/// <param name="RangeEnd">Empty for the one key; a zero byte for all keys from there on; else the first key behind the range.</param>
public sealed record Permission(PermissionKind Kind, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> RangeEnd = default);

/// <summary>Whether authentication is on.</summary>
/// <param name="Header">The store as of now.</param>
/// <param name="IsEnabled">Whether it is.</param>
/// <param name="AuthRevision">Counts the changes of users, roles and permissions; 1 before the first.</param>
public sealed record AuthStatusResponse(ResponseHeader Header, bool IsEnabled, long AuthRevision);

/// <summary>A log-in that went well.</summary>
/// <param name="Header">The store as of now.</param>
/// <param name="Token">What later calls show, on any member.</param>
public sealed record AuthenticateResponse(ResponseHeader Header, string Token);

/// <summary>Names of users or roles, in order.</summary>
public sealed record NamesResponse(ResponseHeader Header, IReadOnlyList<string> Names);

/// <summary>A role's permissions, in order of their keys.</summary>
public sealed record RoleGetResponse(ResponseHeader Header, IReadOnlyList<Permission> Permissions);
