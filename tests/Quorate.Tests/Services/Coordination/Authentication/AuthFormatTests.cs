using Quorate.Kernel.Encoding;
using Quorate.Services.Coordination;
using Quorate.Services.Coordination.Authentication;
using Quorate.Services.Coordination.Commands;
using Quorate.Services.Coordination.Store;

namespace Quorate.Tests.Services.Coordination.Authentication;

/// <summary>The bytes that docs/formats.md freezes. A test that fails here tells of a change that other versions could not read.</summary>
public sealed class AuthFormatTests
{
    private static readonly PasswordHash Password = new(
        200_000, Enumerable.Range(0, 16).Select(i => (byte)i).ToArray(), Enumerable.Repeat((byte)0xEE, 32).ToArray());

    private static readonly string PasswordBytes = $"c09a0c 10 000102030405060708090a0b0c0d0e0f 20 {string.Concat(Enumerable.Repeat("ee", 32))}";

    public static TheoryData<string, byte> Kinds => new()
    {
        { "0c01", (byte)AuthChangeKind.Enable },
        { "0c02", (byte)AuthChangeKind.Disable },
        { $"0c03 0161 01 {PasswordBytes}", (byte)AuthChangeKind.AddUser },
        { "0c04 0161", (byte)AuthChangeKind.DeleteUser },
        { $"0c05 0161 {PasswordBytes}", (byte)AuthChangeKind.ChangePassword },
        { "0c06 0161 0172", (byte)AuthChangeKind.GrantRole },
        { "0c07 0161 0172", (byte)AuthChangeKind.RevokeRole },
        { "0c08 0172", (byte)AuthChangeKind.AddRole },
        { "0c09 0172", (byte)AuthChangeKind.DeleteRole },
        { "0c0a 0172 02 016b 016c", (byte)AuthChangeKind.GrantPermission },
        { "0c0b 0172 016b 016c", (byte)AuthChangeKind.RevokePermission },
        { $"0c0c 0161 0e 20 {string.Concat(Enumerable.Repeat("00", 15))}01{string.Concat(Enumerable.Repeat("00", 15))}02", (byte)AuthChangeKind.LogIn },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_commands_of_authentication(string expected, byte number)
    {
        var change = ChangeOf((AuthChangeKind)number);
        var written = AuthCommands.Write(change);
        Assert.Equal(expected.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexStringLower(written.Span));
        var reader = new SliceReader(written[1..]);
        var read = AuthCommands.Read(ref reader);
        reader.ExpectEnd();
        Assert.Equal(Convert.ToHexStringLower(written.Span), Convert.ToHexStringLower(AuthCommands.Write(read).Span));
        for (var length = 1; length < written.Length; length++)
            Assert.Throws<MalformedInputException>(() => ReadWhole(written[1..length]));
    }

    [Fact]
    public void The_wrapping_of_commands()
    {
        Golden("0a 05616c696365 0e 04d804", CommandWriter.OnBehalf("alice", 7, CommandWriter.Compact(300)));
        Golden("0b 04d804", CommandWriter.Trusted(CommandWriter.Compact(300)));
    }

    [Fact]
    public async Task The_state_of_a_store_with_users()
    {
        var store = new CoordinationStore();
        store.Apply(1, AuthCommands.Write(new AddUser("a", Password)));
        store.Apply(2, AuthCommands.Write(new AddUser("b", null)));
        store.Apply(3, AuthCommands.Write(ChangeOf(AuthChangeKind.AddRole)));
        store.Apply(4, AuthCommands.Write(ChangeOf(AuthChangeKind.GrantPermission)));
        store.Apply(5, AuthCommands.Write(ChangeOf(AuthChangeKind.GrantRole)));
        using var cut = store.Cut();
        var bytes = await Snapshots.WriteAsync(cut);
        var text = Convert.ToHexStringLower(bytes);
        Assert.StartsWith("51434f4f52440200", text, StringComparison.Ordinal);
        foreach (var block in (string[])
            ["06 00 0c 04 02", $"07 0161 01 {PasswordBytes} 01 0172 0162 00 00", "08 0172 01 02 016b 016c"])
            Assert.Contains(block.Replace(" ", "", StringComparison.Ordinal), text, StringComparison.Ordinal);
        var copy = await Snapshots.ReadAsync(bytes);
        Assert.Equal(store.Hash(), copy.Hash());
    }

    [Fact]
    public async Task A_state_without_users_is_of_version_1()
    {
        using var cut = new CoordinationStore().Cut();
        Assert.StartsWith("51434f4f52440100", Convert.ToHexStringLower(await Snapshots.WriteAsync(cut)), StringComparison.Ordinal);
    }

    private static AuthChange ChangeOf(AuthChangeKind kind) => kind switch
    {
        AuthChangeKind.Enable => new EnableAuth(),
        AuthChangeKind.Disable => new DisableAuth(),
        AuthChangeKind.AddUser => new AddUser("a", Password),
        AuthChangeKind.DeleteUser => new DeleteUser("a"),
        AuthChangeKind.ChangePassword => new ChangePassword("a", Password),
        AuthChangeKind.GrantRole => new GrantRole("a", "r"),
        AuthChangeKind.RevokeRole => new RevokeRole("a", "r"),
        AuthChangeKind.AddRole => new AddRole("r"),
        AuthChangeKind.DeleteRole => new DeleteRole("r"),
        AuthChangeKind.GrantPermission => new GrantPermission("r", new Permission(PermissionKind.ReadWrite, "k"u8.ToArray(), "l"u8.ToArray())),
        AuthChangeKind.RevokePermission => new RevokePermission("r", "k"u8.ToArray(), "l"u8.ToArray()),
        _ => new LogIn("a", 7, new TokenHash(1, 2)),
    };

    private static void ReadWhole(ReadOnlyMemory<byte> bytes)
    {
        var reader = new SliceReader(bytes);
        AuthCommands.Read(ref reader);
        reader.ExpectEnd();
    }

    private static void Golden(string expected, ReadOnlyMemory<byte> bytes) =>
        Assert.Equal(expected.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexStringLower(bytes.Span));
}
