using Quorate.Kernel.Encoding;
using Quorate.Services.Coordination.Authentication;
using Quorate.Services.Replication.Levels;

namespace Quorate.Services.Coordination.Commands;

/// <summary>The commands of authentication as bytes: one byte for the kind of command, one for the change, then its fields.</summary>
internal static class AuthCommands
{
    /// <summary>A command that changes who may do what, or logs in.</summary>
    /// <param name="change">The change.</param>
    public static ReadOnlyMemory<byte> Write(AuthChange change)
    {
        var writer = new ByteWriter(128);
        writer.WriteByte((byte)CommandKind.Authentication);
        writer.WriteByte((byte)KindOf(change));
        Write(change, writer);
        return writer.WrittenMemory;
    }

    /// <summary>Reads a change.</summary>
    /// <param name="reader">Where from, behind the kind of command.</param>
    public static AuthChange Read(ref SliceReader reader) => (AuthChangeKind)reader.ReadByte() switch
    {
        AuthChangeKind.Enable => new EnableAuth(),
        AuthChangeKind.Disable => new DisableAuth(),
        AuthChangeKind.AddUser => new AddUser(reader.ReadString(), reader.ReadBool() ? Password(ref reader) : null),
        AuthChangeKind.DeleteUser => new DeleteUser(reader.ReadString()),
        AuthChangeKind.ChangePassword => new ChangePassword(reader.ReadString(), Password(ref reader)),
        AuthChangeKind.GrantRole => new GrantRole(reader.ReadString(), reader.ReadString()),
        AuthChangeKind.RevokeRole => new RevokeRole(reader.ReadString(), reader.ReadString()),
        AuthChangeKind.AddRole => new AddRole(reader.ReadString()),
        AuthChangeKind.DeleteRole => new DeleteRole(reader.ReadString()),
        AuthChangeKind.GrantPermission => new GrantPermission(reader.ReadString(), Permission(ref reader)),
        AuthChangeKind.RevokePermission => new RevokePermission(reader.ReadString(), reader.ReadSlice(), reader.ReadSlice()),
        AuthChangeKind.LogIn => new LogIn(reader.ReadString(), reader.ReadVarInt(), Token(reader.ReadSlice().Span)),
        var kind => throw ReleaseTooOldException.OfKind("a change of authentication", (byte)kind),
    };

    /// <summary>Writes a password's hash.</summary>
    /// <param name="password">The hash.</param>
    /// <param name="writer">Where to.</param>
    public static void Write(PasswordHash password, ByteWriter writer)
    {
        writer.WriteVarUInt((ulong)password.Iterations);
        writer.WriteBytes(password.Salt.Span);
        writer.WriteBytes(password.Hash.Span);
    }

    /// <summary>A hash of which everything was read.</summary>
    /// <param name="iterations">Its iterations.</param>
    /// <param name="salt">Its salt; copied.</param>
    /// <param name="hash">Its hash; copied.</param>
    /// <exception cref="MalformedInputException">It is out of its bounds.</exception>
    public static PasswordHash Password(ulong iterations, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> hash)
    {
        if (iterations is 0 or > PasswordHash.IterationsMax || salt.Length != PasswordHash.SaltBytes || hash.Length != PasswordHash.HashBytes)
            throw new MalformedInputException($"{iterations} iterations, a salt of {salt.Length} bytes or a hash of {hash.Length} is out of bounds");
        return new PasswordHash((int)iterations, salt.ToArray(), hash.ToArray());
    }

    private static void Write(AuthChange change, ByteWriter writer)
    {
        switch (change)
        {
            case AddUser add:
                writer.WriteString(add.Name);
                writer.WriteBool(add.Password is not null);
                if (add.Password is { } password)
                    Write(password, writer);
                break;
            case ChangePassword other:
                writer.WriteString(other.Name);
                Write(other.Password, writer);
                break;
            case GrantPermission grant:
                writer.WriteString(grant.Name);
                writer.WriteByte((byte)grant.Permission.Kind);
                WriteRange(grant.Permission.Key, grant.Permission.RangeEnd, writer);
                break;
            case RevokePermission revoke:
                writer.WriteString(revoke.Name);
                WriteRange(revoke.Key, revoke.RangeEnd, writer);
                break;
            case LogIn logIn:
                writer.WriteString(logIn.Name);
                writer.WriteVarInt(logIn.Revision);
                writer.WriteBytes(logIn.TokenHash.ToBytes());
                break;
            default:
                foreach (var name in NamesOf(change))
                    writer.WriteString(name);
                break;
        }
    }

    private static string[] NamesOf(AuthChange change) => change switch
    {
        DeleteUser delete => [delete.Name],
        GrantRole grant => [grant.Name, grant.Role],
        RevokeRole revoke => [revoke.Name, revoke.Role],
        AddRole add => [add.Name],
        DeleteRole delete => [delete.Name],
        _ => [],
    };

    private static void WriteRange(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> rangeEnd, ByteWriter writer)
    {
        writer.WriteBytes(key.Span);
        writer.WriteBytes(rangeEnd.Span);
    }

    private static PasswordHash Password(ref SliceReader reader)
    {
        var iterations = reader.ReadVarUInt();
        var salt = reader.ReadSlice();
        return Password(iterations, salt.Span, reader.ReadSlice().Span);
    }

    // The state keeps it: so it is no slice of the command.
    private static Permission Permission(ref SliceReader reader)
    {
        var kind = (PermissionKind)reader.ReadBelow(PermissionKinds.Count, "permission");
        var key = reader.ReadSlice().ToArray();
        return new Permission(kind, key, reader.ReadSlice().ToArray());
    }

    private static TokenHash Token(ReadOnlySpan<byte> bytes) => bytes.Length == TokenHash.Bytes
        ? TokenHash.Read(bytes) : throw new MalformedInputException($"a token's hash has {TokenHash.Bytes} bytes, and this {bytes.Length}");

    private static AuthChangeKind KindOf(AuthChange change) => change switch
    {
        EnableAuth => AuthChangeKind.Enable,
        DisableAuth => AuthChangeKind.Disable,
        AddUser => AuthChangeKind.AddUser,
        DeleteUser => AuthChangeKind.DeleteUser,
        ChangePassword => AuthChangeKind.ChangePassword,
        GrantRole => AuthChangeKind.GrantRole,
        RevokeRole => AuthChangeKind.RevokeRole,
        AddRole => AuthChangeKind.AddRole,
        DeleteRole => AuthChangeKind.DeleteRole,
        GrantPermission => AuthChangeKind.GrantPermission,
        RevokePermission => AuthChangeKind.RevokePermission,
        LogIn => AuthChangeKind.LogIn,
        _ => throw new ArgumentException($"{change.GetType().Name} has no form.", nameof(change)),
    };
}
