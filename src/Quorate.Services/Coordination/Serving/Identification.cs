using Quorate.Kernel.Machines;
using Quorate.Services.Coordination.Authentication;
using Quorate.Services.Coordination.Store;
using Quorate.Services.Replication;

namespace Quorate.Services.Coordination.Serving;

/// <summary>Finds out who a caller is, by what it shows. On the strand.</summary>
/// <remarks>Source: etcd v3.4, etcdserver/v3_server.go and auth/store.go, AuthInfoFromCtx: a token goes before a certificate.</remarks>
internal sealed class Identification
{
    // A token that another member gave a moment ago may be on its way. Source: etcd v3.4, auth/simple_token.go, isValidSimpleToken.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(10);
    private readonly IMachine machine;
    private readonly IReplicatedGroup group;
    private readonly CoordinationStore store;
    private readonly TokenTable tokens;
    private readonly JsonWebTokens? signed;

    /// <summary>Creates it.</summary>
    /// <param name="machine">The machine, for its clock.</param>
    /// <param name="group">The group, for how far its log is applied.</param>
    /// <param name="store">The store.</param>
    /// <param name="options">The settings.</param>
    public Identification(IMachine machine, IReplicatedGroup group, CoordinationStore store, AuthOptions options)
    {
        (this.machine, this.group, this.store) = (machine, group, store);
        tokens = new TokenTable(machine.Clock, options.TokenTtl);
        signed = options.Jwt is { } jwt ? new JsonWebTokens(jwt, machine.Clock) : null;
    }

    /// <summary>Signs tokens; null where they are remembered.</summary>
    public JsonWebTokens? Signed => signed;

    /// <summary>Who a caller is.</summary>
    /// <param name="credentials">What it shows; null for the process itself.</param>
    /// <param name="cancellationToken">Gives up waiting for news of its token.</param>
    /// <exception cref="CoordinationException">Its token is not accepted.</exception>
    public ValueTask<CallerIdentity> OfAsync(ClientCredentials? credentials, CancellationToken cancellationToken)
    {
        if (Now(credentials) is { } known)
            return new ValueTask<CallerIdentity>(known);
        return AfterNewsAsync(credentials!, cancellationToken);
    }

    /// <summary>Who a caller is, as far as this node knows now.</summary>
    /// <param name="credentials">What it shows; null for the process itself.</param>
    /// <returns>Null where its token is not accepted.</returns>
    public CallerIdentity? Now(ClientCredentials? credentials)
    {
        if (credentials is null)
            return CallerIdentity.Trusted;
        var auth = store.State.Auth;
        if (!auth.IsEnabled)
            return CallerIdentity.Nobody;
        if (credentials.Token is { } token)
            return OfToken(token);
        return credentials.CertificateName is { Length: > 0 } name ? CallerIdentity.Of(name, auth.Revision) : CallerIdentity.Nobody;
    }

    /// <summary>Users, roles or permissions changed, or a user got a token.</summary>
    /// <param name="change">What changed.</param>
    public void AuthChanged(AuthChange change)
    {
        switch (change)
        {
            case LogIn logIn:
                tokens.Add(logIn.TokenHash, logIn.Name);
                break;
            case DeleteUser delete:
                tokens.EndOf(delete.Name);
                break;
            case ChangePassword password:
                tokens.EndOf(password.Name);
                break;
            case DisableAuth:
                tokens.EndAll();
                break;
        }
    }

    /// <summary>The whole state was replaced: which tokens ended meanwhile is not known, so all do.</summary>
    public void Restored() => tokens.EndAll();

    private CallerIdentity? OfToken(string token)
    {
        if (signed is not null)
            return signed.Read(token);
        var point = token.LastIndexOf('.');
        return point > 0 && tokens.Use(TokenHash.Of(token[..point])) is { } user ? CallerIdentity.Of(user, store.State.Auth.Revision) : null;
    }

    private async ValueTask<CallerIdentity> AfterNewsAsync(ClientCredentials credentials, CancellationToken cancellationToken)
    {
        var begin = machine.Clock.GetTimestamp();
        while (IsAheadOfHere(credentials.Token!) && machine.Clock.GetElapsedTime(begin) < Patience)
            await Task.Delay(LookInterval, machine.Clock, cancellationToken);
        return Now(credentials) ?? throw CoordinationErrors.Of(CoordinationError.InvalidAuthToken);
    }

    // What follows the last point of a token is the place in the log at which it was given.
    private bool IsAheadOfHere(string token) =>
        signed is null && long.TryParse(token.AsSpan(token.LastIndexOf('.') + 1), out var index) && index > group.AppliedIndex;
}
