using Quorate.Services.Coordination;
using Quorate.Services.Coordination.Authentication;

namespace Quorate.Tests.Services.Coordination.Authentication;

/// <summary>Each change of users and roles: its errors, in etcd's order, and whether it counts a revision.</summary>
public sealed class AuthStateTests
{
    private readonly AuthState state = new();

    [Fact]
    public void Users()
    {
        Refused(CoordinationError.UserEmpty, new AddUser("", Hash("p")));
        Done(new AddUser("alice", Hash("p")));
        Refused(CoordinationError.UserAlreadyExists, new AddUser("alice", null));
        Refused(CoordinationError.UserNotFound, new ChangePassword("bob", Hash("q")));
        Done(new ChangePassword("alice", Hash("q")));
        Assert.True(state.TryUser("alice", out var alice) && alice.Password!.Matches("q") && !alice.Password.Matches("p"));
        Refused(CoordinationError.UserNotFound, new DeleteUser("bob"));
        Done(new DeleteUser("alice"));
        Assert.Empty(state.Users);
    }

    [Fact]
    public void A_user_without_password_stays_one()
    {
        Done(new AddUser("alice", null));
        Done(new ChangePassword("alice", Hash("q")));
        Assert.True(state.TryUser("alice", out var alice) && alice.Password is null);
    }

    [Fact]
    public void Roles_of_users()
    {
        Done(new AddUser("alice", null));
        Refused(CoordinationError.UserNotFound, new GrantRole("bob", "none"));
        Refused(CoordinationError.RoleNotFound, new GrantRole("alice", "none"));
        Done(new GrantRole("alice", "root"));
        Done(new AddRole("b"));
        Done(new AddRole("a"));
        Done(new GrantRole("alice", "b"));
        Done(new GrantRole("alice", "a"));
        Unchanged(new GrantRole("alice", "a"));
        Assert.True(state.TryUser("alice", out var alice));
        Assert.Equal(["a", "b", "root"], alice.Roles);
        Refused(CoordinationError.UserNotFound, new RevokeRole("bob", "a"));
        Refused(CoordinationError.RoleNotGranted, new RevokeRole("alice", "c"));
        Done(new RevokeRole("alice", "a"));
        Done(new DeleteRole("b"));
        Assert.True(state.TryUser("alice", out alice));
        Assert.Equal(["root"], alice.Roles);
    }

    [Fact]
    public void Permissions_of_roles()
    {
        Refused(CoordinationError.RoleEmpty, new AddRole(""));
        Done(new AddRole("r"));
        Refused(CoordinationError.RoleAlreadyExists, new AddRole("r"));
        Refused(CoordinationError.RoleNotFound, Grant("none", PermissionKind.Read, "a"));
        Done(Grant("r", PermissionKind.Read, "b"));
        Done(Grant("r", PermissionKind.ReadWrite, "a", "c"));
        Done(Grant("r", PermissionKind.Read, "a"));
        Done(Grant("r", PermissionKind.Write, "b"));
        Assert.True(state.TryRole("r", out var role));
        Assert.Equal(
            ["ReadWrite a c", "Read a ", "Write b "],
            role.Permissions.Select(p => $"{p.Kind} {CoordinationFixture.Text(p.Key)} {CoordinationFixture.Text(p.RangeEnd)}"));
        Refused(CoordinationError.RoleNotFound, new RevokePermission("none", "a"u8.ToArray(), default));
        Refused(CoordinationError.PermissionNotGranted, new RevokePermission("r", "b"u8.ToArray(), "c"u8.ToArray()));
        Done(new RevokePermission("r", "b"u8.ToArray(), default));
        Refused(CoordinationError.RoleNotFound, new DeleteRole("none"));
        Done(new DeleteRole("r"));
    }

    [Fact]
    public void It_is_enabled_only_with_a_root_that_cannot_be_taken_away_then()
    {
        Refused(CoordinationError.RootUserNotExist, new EnableAuth());
        Done(new AddUser("root", Hash("p")));
        Refused(CoordinationError.RootRoleNotExist, new EnableAuth());
        Unchanged(new DisableAuth());
        Done(new GrantRole("root", "root"));
        Unchanged(new EnableAuth());
        Unchanged(new EnableAuth());
        Assert.True(state.IsEnabled);
        Refused(CoordinationError.InvalidAuthManagement, new DeleteUser("root"));
        Refused(CoordinationError.InvalidAuthManagement, new RevokeRole("root", "root"));
        Refused(CoordinationError.InvalidAuthManagement, new DeleteRole("root"));
        Done(new DisableAuth());
        Done(new DeleteUser("root"));
    }

    [Fact]
    public void Its_size_is_bounded()
    {
        Done(new AddRole("r"));
        var key = new byte[1 << 20];
        CoordinationError? error = null;
        for (var i = 0; i < 100 && error is null; i++)
        {
            key[0] = (byte)i;
            error = state.Apply(new GrantPermission("r", new Permission(PermissionKind.Read, key.ToArray())));
        }

        Assert.Equal(CoordinationError.AuthSpace, error);
        Refused(CoordinationError.AuthSpace, new GrantPermission("r", new Permission(PermissionKind.Read, new byte[2 << 20])));
        Done(new DeleteRole("r"));
        Done(new AddRole("r"));
    }

    [Fact]
    public void What_a_user_may_do_follows_every_change()
    {
        Done(new AddUser("root", null));
        Done(new GrantRole("root", "root"));
        Done(new AddUser("alice", null));
        Done(new AddRole("r"));
        Done(new GrantRole("alice", "r"));
        Assert.Null(state.Apply(new EnableAuth()));
        Assert.Equal(CoordinationError.PermissionDenied, Read("a"));
        Done(Grant("r", PermissionKind.Read, "a"));
        Assert.Null(Read("a"));
        Assert.Equal(CoordinationError.PermissionDenied, AccessRules.Write(state, Alice, "a"u8.ToArray(), default));
        Done(Grant("r", PermissionKind.Write, "a"));
        Assert.Equal(CoordinationError.PermissionDenied, Read("a"));
        Done(new RevokeRole("alice", "r"));
        Assert.Equal(CoordinationError.PermissionDenied, AccessRules.Write(state, Alice, "a"u8.ToArray(), default));
        Assert.Equal(CoordinationError.UserEmpty, AccessRules.Read(state, CallerIdentity.Nobody, "a"u8.ToArray(), default));
        Assert.Equal(
            CoordinationError.AuthOldRevision, AccessRules.Read(state, CallerIdentity.Of("root", state.Revision - 1), "a"u8.ToArray(), default));
        Assert.Null(AccessRules.Read(state, CallerIdentity.Of("root", state.Revision), "a"u8.ToArray(), new byte[1]));
        Assert.Null(AccessRules.Read(state, CallerIdentity.Trusted, "a"u8.ToArray(), default));
    }

    private CallerIdentity Alice => CallerIdentity.Of("alice", state.Revision);

    private CoordinationError? Read(string key) => AccessRules.Read(state, Alice, CoordinationFixture.Bytes(key), default);

    private static GrantPermission Grant(string role, PermissionKind kind, string key, string end = "") =>
        new(role, new Permission(kind, CoordinationFixture.Bytes(key), CoordinationFixture.Bytes(end)));

    private static PasswordHash Hash(string password) => PasswordHash.Of(password, new byte[PasswordHash.SaltBytes], 1);

    private void Done(AuthChange change)
    {
        var before = state.Revision;
        Assert.Null(state.Apply(change));
        Assert.Equal(before + 1, state.Revision);
    }

    private void Unchanged(AuthChange change)
    {
        var before = state.Revision;
        Assert.Null(state.Apply(change));
        Assert.Equal(before, state.Revision);
    }

    private void Refused(CoordinationError error, AuthChange change)
    {
        var before = state.Revision;
        Assert.Equal(error, state.Apply(change));
        Assert.Equal(before, state.Revision);
    }
}
