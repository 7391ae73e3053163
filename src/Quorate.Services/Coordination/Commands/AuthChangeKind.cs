namespace Quorate.Services.Coordination.Commands;

/// <summary>What a command of authentication does. The numbers are part of the log's format.</summary>
internal enum AuthChangeKind : byte
{
    /// <summary>Turns it on.</summary>
    Enable = 1,

    /// <summary>Turns it off.</summary>
    Disable = 2,

    /// <summary>Adds a user.</summary>
    AddUser = 3,

    /// <summary>Removes a user.</summary>
    DeleteUser = 4,

    /// <summary>Gives a user another password.</summary>
    ChangePassword = 5,

    /// <summary>Gives a user a role.</summary>
    GrantRole = 6,

    /// <summary>Takes a role from a user.</summary>
    RevokeRole = 7,

    /// <summary>Adds a role.</summary>
    AddRole = 8,

    /// <summary>Removes a role.</summary>
    DeleteRole = 9,

    /// <summary>Gives a role a permission.</summary>
    GrantPermission = 10,

    /// <summary>Takes a permission from a role.</summary>
    RevokePermission = 11,

    /// <summary>Gives a user a token.</summary>
    LogIn = 12,
}
