namespace Quorate.Services.Coordination.Authentication;

/// <summary>A replicated change of who may do what.</summary>
internal abstract record AuthChange;

/// <summary>Authentication is on from here.</summary>
internal sealed record EnableAuth : AuthChange;

/// <summary>Authentication is off from here.</summary>
internal sealed record DisableAuth : AuthChange;

/// <summary>A new user.</summary>
/// <param name="Name">The name.</param>
/// <param name="Password">The password's hash; null for a user that cannot log in.</param>
internal sealed record AddUser(string Name, PasswordHash? Password) : AuthChange;

/// <summary>A user goes.</summary>
internal sealed record DeleteUser(string Name) : AuthChange;

/// <summary>A user's password is another one.</summary>
internal sealed record ChangePassword(string Name, PasswordHash Password) : AuthChange;

/// <summary>A user gets a role.</summary>
internal sealed record GrantRole(string Name, string Role) : AuthChange;

/// <summary>A user loses a role.</summary>
internal sealed record RevokeRole(string Name, string Role) : AuthChange;

/// <summary>A new role.</summary>
internal sealed record AddRole(string Name) : AuthChange;

/// <summary>A role goes.</summary>
internal sealed record DeleteRole(string Name) : AuthChange;

/// <summary>A role gets a permission.</summary>
internal sealed record GrantPermission(string Name, Permission Permission) : AuthChange;

/// <summary>A role loses a permission.</summary>
internal sealed record RevokePermission(string Name, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> RangeEnd) : AuthChange;

/// <summary>
/// A user whose password was found right gets a token. Not a change of the state, but all members learn of it at the same place.
/// </summary>
/// <param name="Name">The user.</param>
/// <param name="Revision">The revision of users and roles by which the password was checked.</param>
/// <param name="TokenHash">The token's SHA-256: who reads the log cannot use it.</param>
internal sealed record LogIn(string Name, long Revision, TokenHash TokenHash) : AuthChange;
