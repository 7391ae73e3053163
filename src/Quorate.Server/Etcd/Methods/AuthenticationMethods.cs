using Google.Protobuf;
using Quorate.Server.Etcd.Translation;
using Quorate.Services.Coordination;

namespace Quorate.Server.Etcd.Methods;

/// <summary>The methods of authentication. Source: etcd 3.4, etcdserverpb/rpc.proto, Auth; AuthStatus is of 3.5.</summary>
internal static class AuthenticationMethods
{
    private const string Service = "/etcdserverpb.Auth/";

    /// <summary>Adds them.</summary>
    /// <param name="table">Where to.</param>
    public static void AddTo(MethodTable table)
    {
        table.Add(Service + "AuthEnable", ["/auth/enable"], table.Empty(
            static (calls, c) => calls.Authentication.EnableAsync(c), EtcdResponses.ToHeaderResponse));
        table.Add(Service + "AuthDisable", ["/auth/disable"], table.Empty(
            static (calls, c) => calls.Authentication.DisableAsync(c), EtcdResponses.ToHeaderResponse));
        table.Add(Service + "AuthStatus", ["/auth/status"], table.Empty(
            static (calls, c) => calls.Authentication.AuthStatusAsync(c), ToWire));
        table.Add(Service + "Authenticate", ["/auth/authenticate"], table.Plain(
            Wire.AuthenticateRequest.Parser, static (calls, r, c) => calls.Authentication.AuthenticateAsync(r.Name, r.Password, c), ToWire));
        AddUsers(table);
        AddRoles(table);
    }

    private static void AddUsers(MethodTable table)
    {
        Change(table, "UserAdd", "/auth/user/add", Wire.AuthUserAddRequest.Parser, static (auth, r, c) =>
            auth.UserAddAsync(r.Name, r.Password, r.Options?.NoPassword ?? false, c));
        Change(table, "UserDelete", "/auth/user/delete", Wire.AuthUserRequest.Parser, static (auth, r, c) => auth.UserDeleteAsync(r.Name, c));
        Change(table, "UserChangePassword", "/auth/user/changepw", Wire.AuthUserChangePasswordRequest.Parser, static (auth, r, c) =>
            auth.UserChangePasswordAsync(r.Name, r.Password, c));
        Change(table, "UserGrantRole", "/auth/user/grant", Wire.AuthUserGrantRoleRequest.Parser, static (auth, r, c) =>
            auth.UserGrantRoleAsync(r.User, r.Role, c));
        Change(table, "UserRevokeRole", "/auth/user/revoke", Wire.AuthUserRevokeRoleRequest.Parser, static (auth, r, c) =>
            auth.UserRevokeRoleAsync(r.Name, r.Role, c));
        table.Add(Service + "UserGet", ["/auth/user/get"], table.Plain(
            Wire.AuthUserRequest.Parser,
            static (calls, r, c) => calls.Authentication.UserGetAsync(r.Name, c),
            static r => new Wire.AuthUserGetResponse { Header = EtcdResponses.ToWire(r.Header), Roles = { r.Names } }));
        table.Add(Service + "UserList", ["/auth/user/list"], table.Empty(
            static (calls, c) => calls.Authentication.UserListAsync(c),
            static r => new Wire.AuthUserListResponse { Header = EtcdResponses.ToWire(r.Header), Users = { r.Names } }));
    }

    private static void AddRoles(MethodTable table)
    {
        Change(table, "RoleAdd", "/auth/role/add", Wire.AuthRoleAddRequest.Parser, static (auth, r, c) => auth.RoleAddAsync(r.Name, c));
        Change(table, "RoleDelete", "/auth/role/delete", Wire.AuthRoleRequest.Parser, static (auth, r, c) => auth.RoleDeleteAsync(r.Role, c));
        Change(table, "RoleGrantPermission", "/auth/role/grant", Wire.AuthRoleGrantPermissionRequest.Parser, static (auth, r, c) =>
            auth.RoleGrantPermissionAsync(r.Name, ToPermission(r.Perm), c));
        Change(table, "RoleRevokePermission", "/auth/role/revoke", Wire.AuthRoleRevokePermissionRequest.Parser, static (auth, r, c) =>
            auth.RoleRevokePermissionAsync(r.Role, r.Key.Memory, r.RangeEnd.Memory, c));
        table.Add(Service + "RoleGet", ["/auth/role/get"], table.Plain(
            Wire.AuthRoleRequest.Parser, static (calls, r, c) => calls.Authentication.RoleGetAsync(r.Role, c), ToWire));
        table.Add(Service + "RoleList", ["/auth/role/list"], table.Empty(
            static (calls, c) => calls.Authentication.RoleListAsync(c),
            static r => new Wire.AuthRoleListResponse { Header = EtcdResponses.ToWire(r.Header), Roles = { r.Names } }));
    }

    private static void Change<TWire>(
        MethodTable table, string name, string route, MessageParser<TWire> parser,
        Func<IAuthentication, TWire, CancellationToken, ValueTask<ResponseHeader>> handle)
        where TWire : class, IMessage<TWire>, new() => table.Add(Service + name, [route], table.Plain(
            parser, (calls, request, c) => handle(calls.Authentication, request, c), EtcdResponses.ToHeaderResponse));

    // etcd 3.4.23 ends with a panic where there is none; the error is 3.5's.
    private static Permission ToPermission(Wire.Permission? wire) => wire is null
        ? throw EtcdErrors.Of(CoordinationError.PermissionNotGiven)
        : new Permission((PermissionKind)wire.PermType, wire.Key.Memory, wire.RangeEnd.Memory);

    private static Wire.AuthStatusResponse ToWire(AuthStatusResponse r) =>
        new() { Header = EtcdResponses.ToWire(r.Header), Enabled = r.IsEnabled, AuthRevision = (ulong)r.AuthRevision };

    private static Wire.AuthenticateResponse ToWire(AuthenticateResponse r) =>
        new() { Header = EtcdResponses.ToWire(r.Header), Token = r.Token };

    private static Wire.AuthRoleGetResponse ToWire(RoleGetResponse r) => new()
    {
        Header = EtcdResponses.ToWire(r.Header),
        Perm =
        {
            r.Permissions.Select(p => new Wire.Permission
            {
                PermType = (Wire.Permission.Types.Type)p.Kind,
                Key = UnsafeByteOperations.UnsafeWrap(p.Key),
                RangeEnd = UnsafeByteOperations.UnsafeWrap(p.RangeEnd),
            }),
        },
    };
}
