using Quorate.Services.Coordination;

namespace Quorate.Tests.Server.Etcd;

/// <summary>Authentication of a service that has none: tests that want users have a real node.</summary>
internal sealed class NoUsers : IAuthentication
{
    public ValueTask<ResponseHeader> EnableAsync(CancellationToken cancellationToken = default) => throw Off();

    public ValueTask<ResponseHeader> DisableAsync(CancellationToken cancellationToken = default) => throw Off();

    public ValueTask<AuthStatusResponse> AuthStatusAsync(CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(new AuthStatusResponse(default, false, 1));

    public ValueTask<AuthenticateResponse> AuthenticateAsync(string name, string password, CancellationToken cancellationToken = default) =>
        throw Off();

    public ValueTask<ResponseHeader> UserAddAsync(
        string name, string password, bool noPassword, CancellationToken cancellationToken = default) => throw Off();

    public ValueTask<NamesResponse> UserGetAsync(string name, CancellationToken cancellationToken = default) => throw Off();

    public ValueTask<NamesResponse> UserListAsync(CancellationToken cancellationToken = default) => throw Off();

    public ValueTask<ResponseHeader> UserDeleteAsync(string name, CancellationToken cancellationToken = default) => throw Off();

    public ValueTask<ResponseHeader> UserChangePasswordAsync(string name, string password, CancellationToken cancellationToken = default) =>
        throw Off();

    public ValueTask<ResponseHeader> UserGrantRoleAsync(string name, string role, CancellationToken cancellationToken = default) => throw Off();

    public ValueTask<ResponseHeader> UserRevokeRoleAsync(string name, string role, CancellationToken cancellationToken = default) => throw Off();

    public ValueTask<ResponseHeader> RoleAddAsync(string name, CancellationToken cancellationToken = default) => throw Off();

    public ValueTask<RoleGetResponse> RoleGetAsync(string name, CancellationToken cancellationToken = default) => throw Off();

    public ValueTask<NamesResponse> RoleListAsync(CancellationToken cancellationToken = default) => throw Off();

    public ValueTask<ResponseHeader> RoleDeleteAsync(string name, CancellationToken cancellationToken = default) => throw Off();

    public ValueTask<ResponseHeader> RoleGrantPermissionAsync(
        string name, Permission permission, CancellationToken cancellationToken = default) => throw Off();

    public ValueTask<ResponseHeader> RoleRevokePermissionAsync(
        string name, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> rangeEnd, CancellationToken cancellationToken = default) => throw Off();

    public ValueTask SettleAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    private static CoordinationException Off() => CoordinationErrors.Of(CoordinationError.AuthNotEnabled);
}
