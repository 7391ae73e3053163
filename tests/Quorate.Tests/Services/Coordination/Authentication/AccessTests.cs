using Quorate.Services.Coordination;
using Quorate.Services.Coordination.Authentication;
using Quorate.Services.Coordination.Commands;
using Quorate.Services.Coordination.Serving;
using static Quorate.Tests.Services.Coordination.CoordinationFixture;

namespace Quorate.Tests.Services.Coordination.Authentication;

/// <summary>Every path to the store, with authentication on: root, alice who has "a/" for both and "r/" to read, and nobody.</summary>
public sealed class AccessTests
{
    private readonly Written audit = new();
    private readonly CoordinationFixture fixture;
    private readonly ClientServices root;
    private readonly ClientServices alice;

    public AccessTests()
    {
        fixture = new CoordinationFixture(new CoordinationOptions
        {
            ClusterId = 7,
            Auth = new AuthOptions { PasswordIterations = 1, Audit = audit },
        });
        var auth = fixture.Service.Authentication;
        Do(() => auth.UserAddAsync("root", "r", false));
        Do(() => auth.UserGrantRoleAsync("root", "root"));
        Do(() => auth.UserAddAsync("alice", "a", false));
        Do(() => auth.RoleAddAsync("mine"));
        Do(() => auth.RoleGrantPermissionAsync("mine", new Permission(PermissionKind.ReadWrite, Bytes("a/"), Bytes("a0"))));
        Do(() => auth.RoleGrantPermissionAsync("mine", new Permission(PermissionKind.Read, Bytes("r/"), Bytes("r0"))));
        Do(() => auth.UserGrantRoleAsync("alice", "mine"));
        Do(() => auth.EnableAsync());
        root = LogIn("root", "r");
        alice = LogIn("alice", "a");
    }

    private static ClientServices Nobody(CoordinationFixture fixture) => fixture.Service.For(new ClientCredentials(null, null, "test"));

    [Fact]
    public void Keys()
    {
        Do(() => alice.Coordination.PutAsync(Put("a/1", "x")));
        Denied(() => alice.Coordination.PutAsync(Put("r/1", "x")));
        Denied(() => alice.Coordination.PutAsync(Put("b", "x")));
        Do(() => alice.Coordination.RangeAsync(Get("r/", "r0")));
        Denied(() => alice.Coordination.RangeAsync(Get("r/", "s")));
        Denied(() => alice.Coordination.RangeAsync(Get("a/", "\0") with { Serializable = true }));
        Denied(() => alice.Coordination.DeleteRangeAsync(Delete("r/1")));
        Do(() => alice.Coordination.DeleteRangeAsync(Delete("a/", "a0") with { PreviousKeyValues = true }));
        Do(() => root.Coordination.RangeAsync(Get("\0", "\0")));
        Fails(CoordinationError.UserEmpty, () => Nobody(fixture).Coordination.RangeAsync(Get("a/1")));
        Fails(CoordinationError.UserEmpty, () => Nobody(fixture).Coordination.PutAsync(Put("a/1", "x")));
        // The process itself is trusted.
        Do(() => fixture.Service.PutAsync(Put("b", "y")));
        Do(() => fixture.Service.RangeAsync(Get("b")));
    }

    [Fact]
    public void A_previous_value_must_be_readable()
    {
        Do(() => fixture.Service.Authentication.RoleGrantPermissionAsync("mine", new Permission(PermissionKind.Write, Bytes("w"))));
        Do(() => alice.Coordination.PutAsync(Put("w", "x")));
        Denied(() => alice.Coordination.PutAsync(Put("w", "x") with { PreviousKeyValue = true }));
        Denied(() => alice.Coordination.DeleteRangeAsync(Delete("w") with { PreviousKeyValues = true }));
        Do(() => alice.Coordination.DeleteRangeAsync(Delete("w")));
    }

    [Fact]
    public void Every_part_of_a_transaction_is_judged_however_the_comparisons_come_out()
    {
        var never = new Compare(CompareResult.Greater, KeyField.Version, Bytes("a/none"), default, 99, default);
        Do(() => alice.Coordination.TxnAsync(new TxnRequest([never], [Put("a/1", "x")], [Get("r/1")])));
        Denied(() => alice.Coordination.TxnAsync(new TxnRequest([], [Put("a/1", "x")], [Put("b", "x")])));
        Denied(() => alice.Coordination.TxnAsync(new TxnRequest([never], [Put("b", "x")], [])));
        Denied(() => alice.Coordination.TxnAsync(new TxnRequest([never with { Key = Bytes("b") }], [Put("a/1", "x")], [])));
        Denied(() => alice.Coordination.TxnAsync(new TxnRequest([], [Get("b")], [])));
        var inner = new TxnRequest([], [], [new TxnRequest([], [], [Delete("b")])]);
        Denied(() => alice.Coordination.TxnAsync(new TxnRequest([], [inner], [])));
        Do(() => Nobody(fixture).Coordination.TxnAsync(new TxnRequest([], [], [])));
    }

    [Fact]
    public void Leases_whose_keys_it_may_not_write_are_not_its_to_end_or_to_use()
    {
        Do(() => root.Coordination.LeaseGrantAsync(5, 60));
        Do(() => root.Coordination.PutAsync(Put("b", "x", 5)));
        Denied(() => alice.Coordination.LeaseRevokeAsync(5));
        Denied(() => alice.Coordination.PutAsync(Put("a/1", "x", 5)));
        Denied(() => alice.Coordination.TxnAsync(new TxnRequest([], [Put("a/1", "x", 5)], [])));
        Denied(() => alice.Coordination.LeaseTimeToLiveAsync(5, keys: true));
        Do(() => alice.Coordination.LeaseTimeToLiveAsync(5, keys: false));
        Do(() => alice.Coordination.LeaseGrantAsync(6, 60));
        Do(() => alice.Coordination.PutAsync(Put("a/1", "x", 6)));
        Fails(CoordinationError.UserEmpty, () => Nobody(fixture).Coordination.LeaseRevokeAsync(6));
        Do(() => alice.Coordination.LeaseRevokeAsync(6));
    }

    [Fact]
    public void Members_and_maintenance_are_for_root()
    {
        Denied(() => alice.Coordination.MemberAddAsync(["http://127.0.0.1:1"], false));
        Denied(() => alice.Coordination.MemberRemoveAsync(1));
        Denied(() => alice.Coordination.MemberUpdateAsync(1, ["http://127.0.0.1:1"]));
        Denied(() => alice.Coordination.MemberPromoteAsync(1));
        Denied(() => alice.Maintenance.HashAsync());
        Denied(() => alice.Maintenance.HashKeysAsync(0));
        Denied(() => alice.Maintenance.OpenBackupAsync());
        Fails(CoordinationError.UserEmpty, () => Nobody(fixture).Maintenance.HashAsync());
        Do(() => root.Maintenance.HashAsync());
        Do(() => root.Coordination.MemberAddAsync(["http://127.0.0.1:1"], false));
        Assert.Contains(audit.Entries, e => e is { User: "root", Method: "MemberAdd", Outcome: "ok", From: "test" });
        Do(() => Nobody(fixture).Coordination.MemberListAsync(linearizable: false));
        Do(() => Nobody(fixture).Coordination.StatusAsync());
    }

    [Fact]
    public void Users_and_roles_are_for_root_but_one_may_look_at_oneself()
    {
        Denied(() => alice.Authentication.UserAddAsync("", "", false));
        Denied(() => alice.Authentication.UserListAsync());
        Denied(() => alice.Authentication.RoleListAsync());
        Denied(() => alice.Authentication.UserGetAsync("root"));
        Denied(() => alice.Authentication.RoleGetAsync("none"));
        Denied(() => alice.Authentication.DisableAsync());
        Assert.Equal(["mine"], Do(() => alice.Authentication.UserGetAsync("alice")).Names);
        Assert.Equal(2, Do(() => alice.Authentication.RoleGetAsync("mine")).Permissions.Count);
        Assert.Equal(["alice", "root"], Do(() => root.Authentication.UserListAsync()).Names);
        Fails(CoordinationError.UserNotFound, () => root.Authentication.UserGetAsync("none"));
        Fails(CoordinationError.UserEmpty, () => Nobody(fixture).Authentication.UserGetAsync("alice"));
        Assert.Contains(audit.Entries, e => e is { User: "alice", Method: "AuthDisable", Outcome: "etcdserver: permission denied" });
    }

    [Fact]
    public void A_command_is_judged_where_it_is_applied()
    {
        var auth = fixture.Service.Authentication;
        var isFirst = true;
        fixture.Group.OnPropose = _ =>
        {
            // Another member's command comes first in the log.
            if (isFirst)
            {
                isFirst = false;
                fixture.Store.Apply(1000, CommandWriter.Trusted(
                    AuthCommands.Write(new RevokeRole("alice", "mine"))));
            }
        };
        Fails(CoordinationError.AuthOldRevision, () => alice.Coordination.PutAsync(Put("a/1", "late")));
        Denied(() => alice.Coordination.PutAsync(Put("a/1", "later")));
        Assert.Equal(0, Do(() => root.Coordination.RangeAsync(Get("a/1"))).Count);
        Do(() => auth.UserGrantRoleAsync("alice", "mine"));
        Do(() => alice.Coordination.PutAsync(Put("a/1", "now")));
    }

    [Fact]
    public void What_was_asked_for_before_it_was_enabled_is_judged_where_it_is_applied()
    {
        Do(() => fixture.Service.Authentication.DisableAsync());
        var isFirst = true;
        fixture.Group.OnPropose = _ =>
        {
            if (isFirst)
            {
                isFirst = false;
                fixture.Store.Apply(1000, AuthCommands.Write(new EnableAuth()));
            }
        };
        Fails(CoordinationError.UserEmpty, () => Nobody(fixture).Coordination.PutAsync(Put("a/1", "x")));
        Do(() => fixture.Service.Authentication.DisableAsync());
        isFirst = true;
        // The process itself does not notice.
        Do(() => fixture.Service.PutAsync(Put("a/1", "x")));
        Assert.True(fixture.Store.State.Auth.IsEnabled);
    }

    [Fact]
    public void A_watch_ends_with_the_permission()
    {
        var stream = alice.Coordination.OpenWatchStream();
        stream.Create(new WatchCreateRequest(Bytes("a/"), Bytes("a0")));
        stream.Create(new WatchCreateRequest(Bytes("b")));
        Do(() => root.Coordination.PutAsync(Put("a/1", "x")));
        var messages = fixture.ReadAll(stream);
        Assert.Equal(
            "rpc error: code = PermissionDenied desc = etcdserver: permission denied", messages.Single(m => m.Canceled).CancelReason);
        Assert.Single(messages, m => m.Kind == WatchMessageKind.Events);
        Do(() => root.Authentication.UserRevokeRoleAsync("alice", "mine"));
        Do(() => root.Coordination.PutAsync(Put("a/1", "secret")));
        var after = Assert.Single(fixture.ReadAll(stream));
        Assert.True(after.Canceled);
        Assert.Equal(WatchMessageKind.Canceled, after.Kind);
    }

    [Fact]
    public void A_watch_ends_with_the_user_with_its_password_and_with_anonymity()
    {
        Do(() => fixture.Service.Authentication.DisableAsync());
        var stream = Nobody(fixture).Coordination.OpenWatchStream();
        stream.Create(new WatchCreateRequest(Bytes("a/1")));
        Assert.False(Assert.Single(fixture.ReadAll(stream)).Canceled);
        Do(() => fixture.Service.Authentication.EnableAsync());
        Assert.Contains("user name is empty", Assert.Single(fixture.ReadAll(stream)).CancelReason, StringComparison.Ordinal);
        var own = LogIn("alice", "a").Coordination.OpenWatchStream();
        own.Create(new WatchCreateRequest(Bytes("a/1")));
        Assert.False(Assert.Single(fixture.ReadAll(own)).Canceled);
        Do(() => fixture.Service.Authentication.UserChangePasswordAsync("alice", "b"));
        Assert.Contains("invalid auth token", Assert.Single(fixture.ReadAll(own)).CancelReason, StringComparison.Ordinal);
    }

    [Fact]
    public void Log_ins()
    {
        Fails(CoordinationError.AuthFailed, () => Nobody(fixture).Authentication.AuthenticateAsync("alice", "x"));
        Fails(CoordinationError.AuthFailed, () => Nobody(fixture).Authentication.AuthenticateAsync("none", "x"));
        Do(() => root.Authentication.UserAddAsync("cert", "", noPassword: true));
        Fails(CoordinationError.NoPasswordUser, () => Nobody(fixture).Authentication.AuthenticateAsync("cert", ""));
        Do(() => root.Authentication.UserGrantRoleAsync("cert", "mine"));
        var certified = fixture.Service.For(new ClientCredentials(null, "cert", "test"));
        Do(() => certified.Coordination.PutAsync(Put("a/1", "x")));
        Denied(() => certified.Coordination.PutAsync(Put("b", "x")));
        var unknown = fixture.Service.For(new ClientCredentials("0123.1", "cert", "test"));
        Fails(CoordinationError.InvalidAuthToken, () => unknown.Coordination.PutAsync(Put("a/1", "x")));
        Do(() => root.Authentication.UserDeleteAsync("alice"));
        Fails(CoordinationError.InvalidAuthToken, () => alice.Coordination.RangeAsync(Get("a/1")));
        Do(() => root.Authentication.DisableAsync());
        Fails(CoordinationError.AuthNotEnabled, () => root.Authentication.AuthenticateAsync("root", "r"));
        Do(() => alice.Coordination.RangeAsync(Get("b")));
    }

    [Fact]
    public void Bad_log_ins_are_bounded_and_written_down_without_passwords()
    {
        for (var i = 0; i < LoginThrottle.OfUserMax; i++)
            Fails(CoordinationError.AuthFailed, () => Nobody(fixture).Authentication.AuthenticateAsync("alice", "guess"));
        Fails(CoordinationError.TooManyLogins, () => Nobody(fixture).Authentication.AuthenticateAsync("alice", "a"));
        Do(() => alice.Coordination.PutAsync(Put("a/1", "x")));
        Assert.Equal(LoginThrottle.OfUserMax + 1, audit.Entries.Count(e => e is { Method: "Authenticate", On: "alice" } && e.Outcome != "ok"));
        Assert.DoesNotContain(audit.Entries, e => e.ToString().Contains("guess", StringComparison.Ordinal));
        fixture.Machine.Advance(TimeSpan.FromSeconds(6));
        Do(() => Nobody(fixture).Authentication.AuthenticateAsync("alice", "a"));
    }

    [Fact]
    public async Task Users_and_roles_are_in_snapshots_and_in_the_hash()
    {
        var copy = await Snapshots.CopyAsync(fixture.Store);
        Assert.Equal(fixture.Store.Hash(), copy.Hash());
        Assert.Equal(fixture.Store.State.Auth.Revision, copy.State.Auth.Revision);
        Assert.True(copy.State.Auth.IsEnabled);
        var before = fixture.Store.Hash();
        Do(() => root.Authentication.UserAddAsync("bob", "b", false));
        Assert.NotEqual(before, fixture.Store.Hash());
    }

    private ClientServices LogIn(string name, string password)
    {
        var token = Do(() => Nobody(fixture).Authentication.AuthenticateAsync(name, password)).Token;
        return fixture.Service.For(new ClientCredentials(token, null, "test"));
    }

    private void Denied<T>(Func<ValueTask<T>> call) => Fails(CoordinationError.PermissionDenied, call);

    private void Fails<T>(CoordinationError error, Func<ValueTask<T>> call) => Assert.Equal(error, fixture.ErrorOf(_ => call()));

    private T Do<T>(Func<ValueTask<T>> call) => fixture.Do(_ => call());

    private sealed class Written : IAuditLog
    {
        public List<AuditEntry> Entries { get; } = [];

        public void Write(AuditEntry entry) => Entries.Add(entry);
    }
}
