using Quorate.Kernel.Encoding;
using Quorate.Services.Coordination.Authentication;
using Quorate.Services.Coordination.Commands;

namespace Quorate.Services.Coordination.Store;

/// <summary>Reads back what <see cref="AuthCut"/> wrote. Nothing in it is trusted.</summary>
internal sealed class AuthReader
{
    private readonly AuthState auth;
    private readonly long users;
    private readonly long roles;

    /// <summary>Reads what is neither user nor role.</summary>
    /// <param name="auth">An untouched state, to fill.</param>
    /// <param name="reader">Where from.</param>
    public AuthReader(AuthState auth, ref ByteReader reader)
    {
        this.auth = auth;
        var isEnabled = reader.ReadBool();
        var revision = reader.ReadVarInt();
        (users, roles) = (reader.ReadVarInt(), reader.ReadVarInt());
        if (revision < 1)
            throw new MalformedInputException($"{revision} is no revision of users and roles");
        auth.Restore(isEnabled, revision);
    }

    /// <summary>Whether everything came.</summary>
    public bool IsWhole => auth.Users.Count == users && auth.Roles.Count == roles;

    /// <summary>Reads a user.</summary>
    /// <param name="reader">Where from.</param>
    public void ReadUser(ref ByteReader reader)
    {
        var name = reader.ReadString();
        var password = reader.ReadBool() ? AuthCommands.Password(reader.ReadVarUInt(), reader.ReadBytes(), reader.ReadBytes()) : null;
        var granted = new string[reader.ReadCount()];
        for (var i = 0; i < granted.Length; i++)
            granted[i] = reader.ReadString();
        if (name.Length == 0 || !auth.Restore(new AuthUser(name, password, granted)))
            throw new MalformedInputException("a user has no name or is there twice");
    }

    /// <summary>Reads a role.</summary>
    /// <param name="reader">Where from.</param>
    public void ReadRole(ref ByteReader reader)
    {
        var name = reader.ReadString();
        var permissions = new Permission[reader.ReadCount(3)];
        for (var i = 0; i < permissions.Length; i++)
        {
            var kind = (PermissionKind)reader.ReadByte();
            if ((int)kind >= PermissionKinds.Count)
                throw new MalformedInputException($"{(int)kind} is no permission");
            permissions[i] = new Permission(kind, reader.ReadBytes().ToArray(), reader.ReadBytes().ToArray());
        }

        if (name.Length == 0 || !auth.Restore(new AuthRole(name, permissions)))
            throw new MalformedInputException("a role has no name or is there twice");
    }
}
