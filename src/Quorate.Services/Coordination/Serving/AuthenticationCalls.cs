using System.Globalization;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination.Authentication;
using Quorate.Services.Coordination.Commands;
using Quorate.Services.Coordination.Store;
using Quorate.Services.Replication.Levels;

namespace Quorate.Services.Coordination.Serving;

/// <summary>Users, roles and log-ins, all of it on the strand.</summary>
/// <param name="machine">The machine, for its secrets.</param>
/// <param name="store">The store.</param>
/// <param name="service">The rest of the service.</param>
/// <param name="identification">Who callers are.</param>
/// <param name="audit">What was done.</param>
/// <param name="options">The settings.</param>
internal sealed class AuthenticationCalls(
    IMachine machine, CoordinationStore store, GroupCalls service, Identification identification, AuditTrail audit, AuthOptions options)
{
    private const int SecretBytes = 16;

    // A new cluster raises its level in its first moment.
    private static readonly TimeSpan CapablePatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CapableLook = TimeSpan.FromMilliseconds(10);
    private readonly LoginThrottle throttle = new(machine.Clock);
    private readonly HashingSlots slots = new(options.HashesAtOnce);

    /// <summary>Does a change.</summary>
    public async ValueTask<ResponseHeader> ChangeAsync(ClientCredentials? caller, AuthChange change, CancellationToken cancellationToken)
    {
        var (who, outcome) = (CallerIdentity.Nobody, "ok");
        try
        {
            await UntilCapableAsync(cancellationToken);
            who = await identification.OfAsync(caller, cancellationToken);
            var reply = await service.ProposeAsync(who, AuthCommands.Write(change), cancellationToken);
            return service.Header() with { Revision = ReplyReader.Revision(reply) };
        }
        catch (CoordinationException e)
        {
            outcome = e.Message;
            throw;
        }
        catch (OperationCanceledException)
        {
            outcome = "given up; it may have been done";
            throw;
        }
        finally
        {
            audit.Write(caller, who.User, MethodOf(change), TargetOf(change), outcome);
        }
    }

    /// <summary>Reads something that only some may see.</summary>
    public async ValueTask<T> ReadAsync<T>(
        ClientCredentials? caller, string method, Func<CallerIdentity, T> read, CancellationToken cancellationToken)
    {
        var who = CallerIdentity.Nobody;
        try
        {
            await service.BarrierAsync(cancellationToken);
            who = await identification.OfAsync(caller, cancellationToken);
            return read(who);
        }
        catch (CoordinationException e) when (audit.Refused(e, caller, who.User, method, ""))
        {
            throw;
        }
    }

    /// <summary>Waits for a turn to compute a slow hash for a caller that may ask for one; to be given back with <see cref="Leave"/>.</summary>
    public async ValueTask<bool> EnterAsync(ClientCredentials? caller, CancellationToken cancellationToken)
    {
        var who = await identification.OfAsync(caller, cancellationToken);
        // The place that counts is where the change is applied: this spares the work.
        if (AccessRules.Admin(store.State.Auth, who) is null)
        {
            await slots.EnterAsync(cancellationToken);
            return true;
        }

        return false;
    }

    /// <summary>Gives the turn back.</summary>
    public void Leave() => slots.Leave();

    /// <summary>The first half of a log-in: what the password must be held against. Holds a turn, and counts as bad from here on.</summary>
    public async ValueTask<LoginAttempt> BeginLogInAsync(ClientCredentials? caller, string name, CancellationToken cancellationToken)
    {
        await service.BarrierAsync(cancellationToken);
        var auth = store.State.Auth;
        if (!auth.IsEnabled)
            throw CoordinationErrors.Of(CoordinationError.AuthNotEnabled);
        try
        {
            if (!throttle.TryBegin(name))
                throw CoordinationErrors.Of(CoordinationError.TooManyLogins);
            await slots.EnterAsync(cancellationToken);
        }
        catch (CoordinationException e) when (audit.Refused(e, caller, name, "Authenticate", name))
        {
            throw;
        }

        // Looked up after the wait, and again where the token is given.
        auth = store.State.Auth;
        return auth.TryUser(name, out var user) && (user.Password is not null)
            ? new LoginAttempt(name, user.Password, true, auth.Revision)
            : new LoginAttempt(name, Nobodys, user is not null, auth.Revision);
    }

    /// <summary>The second half of a log-in.</summary>
    /// <returns>Null where users or roles changed since the first half: the password is then checked again.</returns>
    public async ValueTask<AuthenticateResponse?> EndLogInAsync(
        ClientCredentials? caller, LoginAttempt attempt, bool isRight, CancellationToken cancellationToken)
    {
        try
        {
            if (attempt.IsUser && attempt.Hash == Nobodys)
                throw CoordinationErrors.Of(CoordinationError.NoPasswordUser);
            if (!isRight || !attempt.IsUser)
                throw CoordinationErrors.Of(CoordinationError.AuthFailed);
            throttle.Succeeded(attempt.Name);
            await identification.OfAsync(caller, cancellationToken);
            var answer = await GiveTokenAsync(attempt, cancellationToken);
            if (answer is not null)
                audit.Write(caller, attempt.Name, "Authenticate", attempt.Name, "ok");
            return answer;
        }
        catch (CoordinationException e) when (audit.Refused(e, caller, attempt.Name, "Authenticate", attempt.Name))
        {
            throw;
        }
    }

    /// <summary>Whether authentication is on.</summary>
    public AuthStatusResponse Status() => new(service.Header(), store.State.Auth.IsEnabled, store.State.Auth.Revision);

    /// <summary>A user's roles.</summary>
    public NamesResponse RolesOf(CallerIdentity who, string name)
    {
        Demand(AccessRules.Look(store.State.Auth, who, who.User == name));
        return store.State.Auth.TryUser(name, out var user)
            ? new NamesResponse(service.Header(), user.Roles) : throw CoordinationErrors.Of(CoordinationError.UserNotFound);
    }

    /// <summary>A role's permissions.</summary>
    public RoleGetResponse PermissionsOf(CallerIdentity who, string name)
    {
        var auth = store.State.Auth;
        Demand(AccessRules.Look(auth, who, auth.TryUser(who.User, out var user) && user.Roles.Contains(name)));
        return auth.TryRole(name, out var role)
            ? new RoleGetResponse(service.Header(), role.Permissions) : throw CoordinationErrors.Of(CoordinationError.RoleNotFound);
    }

    /// <summary>All users or all roles.</summary>
    public NamesResponse Names(CallerIdentity who, bool ofUsers)
    {
        var auth = store.State.Auth;
        Demand(AccessRules.Admin(auth, who));
        return new NamesResponse(service.Header(), ofUsers ? [.. auth.Users.Select(u => u.Name)] : [.. auth.Roles.Select(r => r.Name)]);
    }

    /// <summary>Waits until the caller's token is known here.</summary>
    public async ValueTask<bool> SettleAsync(ClientCredentials? caller, CancellationToken cancellationToken)
    {
        try
        {
            await identification.OfAsync(caller, cancellationToken);
        }
        catch (CoordinationException)
        {
            // What it is used for says so.
        }

        return true;
    }

    // The hash of no password, with the strength of new ones: a wrong name takes as long as a wrong password.
    private PasswordHash Nobodys { get; } =
        new(options.PasswordIterations, new byte[PasswordHash.SaltBytes], new byte[PasswordHash.HashBytes]);

    private async ValueTask UntilCapableAsync(CancellationToken cancellationToken)
    {
        var begin = machine.Clock.GetTimestamp();
        while (store.Level < FeatureLevel.Authentication)
        {
            if (machine.Clock.GetElapsedTime(begin) >= CapablePatience)
                throw CoordinationErrors.Of(CoordinationError.NotCapable);
            await Task.Delay(CapableLook, machine.Clock, cancellationToken);
        }
    }

    private async ValueTask<AuthenticateResponse?> GiveTokenAsync(LoginAttempt attempt, CancellationToken cancellationToken)
    {
        if (identification.Signed is { } signed)
            return attempt.Revision == store.State.Auth.Revision
                ? new AuthenticateResponse(service.Header(), signed.Sign(attempt.Name, attempt.Revision)) : null;
        var secret = new byte[SecretBytes];
        machine.FillSecret(secret);
        var text = Convert.ToHexStringLower(secret);
        var command = AuthCommands.Write(new LogIn(attempt.Name, attempt.Revision, TokenHash.Of(text)));
        try
        {
            var reader = ReplyReader.Open(await service.ProposeAsync(CallerIdentity.Nobody, command, cancellationToken));
            var header = service.Header() with { Revision = reader.ReadVarInt() };
            return new AuthenticateResponse(header, string.Create(CultureInfo.InvariantCulture, $"{text}.{reader.ReadVarInt()}"));
        }
        catch (CoordinationException e) when (e.Error == CoordinationError.AuthOldRevision)
        {
            return null;
        }
    }

    private static void Demand(CoordinationError? error)
    {
        if (error is { } why)
            throw CoordinationErrors.Of(why);
    }

    private static string MethodOf(AuthChange change) => change switch
    {
        EnableAuth => "AuthEnable",
        DisableAuth => "AuthDisable",
        AddUser => "UserAdd",
        DeleteUser => "UserDelete",
        ChangePassword => "UserChangePassword",
        GrantRole => "UserGrantRole",
        RevokeRole => "UserRevokeRole",
        AddRole => "RoleAdd",
        DeleteRole => "RoleDelete",
        GrantPermission => "RoleGrantPermission",
        _ => "RoleRevokePermission",
    };

    private static string TargetOf(AuthChange change) => change switch
    {
        AddUser add => add.Name,
        DeleteUser delete => delete.Name,
        ChangePassword password => password.Name,
        GrantRole grant => $"{grant.Name}, role {grant.Role}",
        RevokeRole revoke => $"{revoke.Name}, role {revoke.Role}",
        AddRole add => add.Name,
        DeleteRole delete => delete.Name,
        GrantPermission grant =>
            $"{grant.Name}, {grant.Permission.Kind} {AuditTrail.Shown(grant.Permission.Key, grant.Permission.RangeEnd)}",
        RevokePermission revoke => $"{revoke.Name}, {AuditTrail.Shown(revoke.Key, revoke.RangeEnd)}",
        _ => "",
    };
}
