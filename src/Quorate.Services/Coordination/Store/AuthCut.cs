using Quorate.Kernel.Encoding;
using Quorate.Services.Coordination.Authentication;
using Quorate.Services.Coordination.Commands;

namespace Quorate.Services.Coordination.Store;

/// <summary>Users and roles as of one moment, to be written. Nothing is copied but the lists.</summary>
internal sealed class AuthCut
{
    private readonly bool isEnabled;
    private readonly long revision;

    /// <summary>Takes the cut.</summary>
    /// <param name="auth">The state.</param>
    public AuthCut(AuthState auth) => (isEnabled, revision, Users, Roles) = (auth.IsEnabled, auth.Revision, [.. auth.Users], [.. auth.Roles]);

    /// <summary>The users in order of their names.</summary>
    public AuthUser[] Users { get; }

    /// <summary>The roles in order of their names.</summary>
    public AuthRole[] Roles { get; }

    /// <summary>Writes what is neither user nor role.</summary>
    /// <param name="block">Where to.</param>
    public void WriteHead(ByteWriter block)
    {
        block.WriteBool(isEnabled);
        block.WriteVarInt(revision);
        block.WriteVarInt(Users.Length);
        block.WriteVarInt(Roles.Length);
    }

    /// <summary>Writes a user.</summary>
    /// <param name="user">The user.</param>
    /// <param name="block">Where to.</param>
    public static void Write(AuthUser user, ByteWriter block)
    {
        block.WriteString(user.Name);
        block.WriteBool(user.Password is not null);
        if (user.Password is { } password)
            AuthCommands.Write(password, block);
        block.WriteVarUInt((ulong)user.Roles.Count);
        foreach (var role in user.Roles)
            block.WriteString(role);
    }

    /// <summary>Writes a role.</summary>
    /// <param name="role">The role.</param>
    /// <param name="block">Where to.</param>
    public static void Write(AuthRole role, ByteWriter block)
    {
        block.WriteString(role.Name);
        block.WriteVarUInt((ulong)role.Permissions.Count);
        foreach (var permission in role.Permissions)
        {
            block.WriteByte((byte)permission.Kind);
            block.WriteBytes(permission.Key.Span);
            block.WriteBytes(permission.RangeEnd.Span);
        }
    }

    /// <summary>A hash of everything.</summary>
    public ulong Hash()
    {
        var bytes = new ByteWriter();
        WriteHead(bytes);
        foreach (var user in Users)
            Write(user, bytes);
        foreach (var role in Roles)
            Write(role, bytes);
        return StableHash.Of(bytes.WrittenSpan);
    }
}
