using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;
using Quorate.Services.Coordination.Authentication;

namespace Quorate.Services.Coordination.Serving;

/// <summary>Users, roles and log-ins for one caller: what is slow is done here, on the caller's thread, the rest on the strand.</summary>
/// <param name="machine">The machine, for its secrets.</param>
/// <param name="strand">The service's strand.</param>
/// <param name="calls">What is done there.</param>
/// <param name="options">The settings.</param>
/// <param name="caller">What the caller shows; null for the process itself.</param>
internal sealed class AuthenticationService(
    IMachine machine, Strand strand, AuthenticationCalls calls, AuthOptions options, ClientCredentials? caller) : IAuthentication
{
    private const int TextCharsMax = 1_024;
    private const int KeyBytesMax = 64 << 10;

    /// <inheritdoc/>
    public ValueTask<ResponseHeader> EnableAsync(CancellationToken cancellationToken = default) =>
        ChangeAsync(new EnableAuth(), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ResponseHeader> DisableAsync(CancellationToken cancellationToken = default) =>
        ChangeAsync(new DisableAuth(), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AuthStatusResponse> AuthStatusAsync(CancellationToken cancellationToken = default) =>
        On((_, _) => new ValueTask<AuthStatusResponse>(calls.Status()), true, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<AuthenticateResponse> AuthenticateAsync(
        string name, string password, CancellationToken cancellationToken = default)
    {
        Bound(name, password);
        while (true)
        {
            var attempt = await On((n, c) => calls.BeginLogInAsync(caller, n, c), name, cancellationToken);
            bool isRight;
            try
            {
                isRight = attempt.Hash.Matches(password);
            }
            finally
            {
                strand.Post(calls.Leave);
            }

            var answer = await On((right, c) => calls.EndLogInAsync(caller, attempt, right, c), isRight, cancellationToken);
            if (answer is not null)
                return answer;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ResponseHeader> UserAddAsync(
        string name, string password, bool noPassword, CancellationToken cancellationToken = default)
    {
        Bound(name, password);
        var hash = noPassword ? null : await HashAsync(password, cancellationToken);
        return await ChangeAsync(new AddUser(name, hash), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<NamesResponse> UserGetAsync(string name, CancellationToken cancellationToken = default) =>
        ReadAsync("UserGet", who => calls.RolesOf(who, name), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<NamesResponse> UserListAsync(CancellationToken cancellationToken = default) =>
        ReadAsync("UserList", who => calls.Names(who, ofUsers: true), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ResponseHeader> UserDeleteAsync(string name, CancellationToken cancellationToken = default) =>
        ChangeAsync(new DeleteUser(Bound(name)), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ResponseHeader> UserChangePasswordAsync(
        string name, string password, CancellationToken cancellationToken = default)
    {
        Bound(name, password);
        return await ChangeAsync(new ChangePassword(name, await HashAsync(password, cancellationToken)), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ResponseHeader> UserGrantRoleAsync(string name, string role, CancellationToken cancellationToken = default) =>
        ChangeAsync(new GrantRole(Bound(name), Bound(role)), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ResponseHeader> UserRevokeRoleAsync(string name, string role, CancellationToken cancellationToken = default) =>
        ChangeAsync(new RevokeRole(Bound(name), Bound(role)), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ResponseHeader> RoleAddAsync(string name, CancellationToken cancellationToken = default) =>
        ChangeAsync(new AddRole(Bound(name)), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<RoleGetResponse> RoleGetAsync(string name, CancellationToken cancellationToken = default) =>
        ReadAsync("RoleGet", who => calls.PermissionsOf(who, name), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<NamesResponse> RoleListAsync(CancellationToken cancellationToken = default) =>
        ReadAsync("RoleList", who => calls.Names(who, ofUsers: false), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ResponseHeader> RoleDeleteAsync(string name, CancellationToken cancellationToken = default) =>
        ChangeAsync(new DeleteRole(Bound(name)), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ResponseHeader> RoleGrantPermissionAsync(
        string name, Permission permission, CancellationToken cancellationToken = default)
    {
        if (permission.Kind is < 0 or >= (PermissionKind)PermissionKinds.Count)
            throw Invalid($"permission {(int)permission.Kind}");
        Bound(permission.Key);
        Bound(permission.RangeEnd);
        return ChangeAsync(new GrantPermission(Bound(name), permission), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ResponseHeader> RoleRevokePermissionAsync(
        string name, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> rangeEnd, CancellationToken cancellationToken = default)
    {
        Bound(key);
        Bound(rangeEnd);
        return ChangeAsync(new RevokePermission(Bound(name), key, rangeEnd), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask SettleAsync(CancellationToken cancellationToken = default)
    {
        if (caller?.Token is not null)
            await On((_, c) => calls.SettleAsync(caller, c), true, cancellationToken);
    }

    // What follows the answer may be a slow hash: it needs a thread of its own, and not the strand's.
    private ValueTask<TResponse> On<TRequest, TResponse>(
        Func<TRequest, CancellationToken, ValueTask<TResponse>> work, TRequest request, CancellationToken cancellationToken) =>
        StrandCall<TRequest, TResponse>.Start(strand, work, request, callersBlock: true, cancellationToken);

    private ValueTask<ResponseHeader> ChangeAsync(AuthChange change, CancellationToken cancellationToken) =>
        On((asked, c) => calls.ChangeAsync(caller, asked, c), change, cancellationToken);

    private ValueTask<T> ReadAsync<T>(string method, Func<CallerIdentity, T> read, CancellationToken cancellationToken) =>
        On((asked, c) => calls.ReadAsync(caller, method, asked, c), read, cancellationToken);

    private async ValueTask<PasswordHash> HashAsync(string password, CancellationToken cancellationToken)
    {
        var salt = new byte[PasswordHash.SaltBytes];
        machine.FillSecret(salt);
        // Whoever may not do this gets a cheap hash, and is refused where the change is applied.
        if (!await On((_, c) => calls.EnterAsync(caller, c), true, cancellationToken))
            return PasswordHash.Of("", salt, 1);
        try
        {
            return PasswordHash.Of(password, salt, options.PasswordIterations);
        }
        finally
        {
            strand.Post(calls.Leave);
        }
    }

    private static string Bound(string name) => name.Length <= TextCharsMax ? name : throw Invalid($"a name of {name.Length} characters");

    private static void Bound(string name, string password)
    {
        Bound(name);
        if (password.Length > TextCharsMax)
            throw Invalid($"a password of {password.Length} characters");
    }

    private static void Bound(ReadOnlyMemory<byte> key)
    {
        if (key.Length > KeyBytesMax)
            throw Invalid($"a permission's key of {key.Length} bytes");
    }

    private static CoordinationException Invalid(string what) =>
        new(CoordinationError.InvalidArgument, $"{CoordinationErrors.TextOf(CoordinationError.InvalidArgument)}: {what}");
}
