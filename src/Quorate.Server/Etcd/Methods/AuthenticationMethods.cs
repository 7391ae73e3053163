using Quorate.Server.Etcd.Translation;
using Quorate.Services.Coordination;

namespace Quorate.Server.Etcd.Methods;

/// <summary>
/// The methods of authentication, as an etcd on which nobody has set it up: nothing to list, nobody to log in, and it cannot be enabled
/// without a root user.
/// </summary>
internal static class AuthenticationMethods
{
    private const string Service = "/etcdserverpb.Auth/";

    /// <summary>Adds them.</summary>
    /// <param name="table">Where to.</param>
    /// <param name="coordination">The service.</param>
    public static void AddTo(MethodTable table, ICoordination coordination)
    {
        Answer("AuthDisable", "/auth/disable");
        Answer("UserList", "/auth/user/list");
        Answer("RoleList", "/auth/role/list");
        Refuse("AuthEnable", "/auth/enable", EtcdErrors.RootUserNotExist);
        Refuse("Authenticate", "/auth/authenticate", EtcdErrors.AuthNotEnabled);
        Refuse("UserGet", "/auth/user/get", EtcdErrors.UserNotFound);
        Refuse("UserDelete", "/auth/user/delete", EtcdErrors.UserNotFound);
        Refuse("UserChangePassword", "/auth/user/changepw", EtcdErrors.UserNotFound);
        Refuse("UserGrantRole", "/auth/user/grant", EtcdErrors.UserNotFound);
        Refuse("UserRevokeRole", "/auth/user/revoke", EtcdErrors.UserNotFound);
        Refuse("RoleGet", "/auth/role/get", EtcdErrors.RoleNotFound);
        Refuse("RoleDelete", "/auth/role/delete", EtcdErrors.RoleNotFound);
        Refuse("RoleGrantPermission", "/auth/role/grant", EtcdErrors.RoleNotFound);
        Refuse("RoleRevokePermission", "/auth/role/revoke", EtcdErrors.RoleNotFound);
        Refuse("UserAdd", "/auth/user/add", () => NotThere("UserAdd"));
        Refuse("RoleAdd", "/auth/role/add", () => NotThere("RoleAdd"));

        void Answer(string name, string route) => table.Add(
            Service + name,
            [route],
            MethodTable.Empty(async c => (await coordination.StatusAsync(c)).Header, EtcdResponses.ToHeaderResponse));

        void Refuse(string name, string route, Func<GrpcException> error) =>
            table.Add(Service + name, [route], MethodTable.Empty<ResponseHeader>(_ => throw error(), EtcdResponses.ToHeaderResponse));
    }

    private static GrpcException NotThere(string name) => new(GrpcCode.Unimplemented, $"{name}: this server has no authentication");
}
