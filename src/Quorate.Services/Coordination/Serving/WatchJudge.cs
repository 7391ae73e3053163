using Quorate.Services.Coordination.Authentication;
using Quorate.Services.Coordination.Store;
using Quorate.Services.Coordination.Watches;

namespace Quorate.Services.Coordination.Serving;

/// <summary>Judges the watches of one stream by who opened it. On the strand.</summary>
/// <remarks>
/// A new watch needs a token that is good now; one that is open goes on as long as its user may read the range, whether the token has ended
/// by itself or not. Departure from etcd 3.4, where a watch that is open is never looked at again.
/// </remarks>
/// <param name="credentials">What the opener shows.</param>
/// <param name="identification">Who callers are.</param>
/// <param name="store">The store.</param>
/// <param name="audit">What was refused.</param>
internal sealed class WatchJudge(ClientCredentials credentials, Identification identification, CoordinationStore store, AuditTrail audit)
    : IWatchJudge
{
    private string? user;

    /// <inheritdoc/>
    public string? RefusalOfNew(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> rangeEnd)
    {
        var who = identification.Now(credentials);
        user = who is { User.Length: > 0 } known ? known.User : null;
        var error = who is { } caller ? AccessRules.Read(store.State.Auth, caller, key, rangeEnd) : CoordinationError.InvalidAuthToken;
        return Told(who, error, key, rangeEnd);
    }

    /// <inheritdoc/>
    public string? RefusalOfOpen(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> rangeEnd)
    {
        var auth = store.State.Auth;
        if (user is null)
            return RefusalOfNew(key, rangeEnd);
        var who = CallerIdentity.Of(user, auth.Revision);
        return Told(who, AccessRules.Read(auth, who, key, rangeEnd), key, rangeEnd);
    }

    /// <inheritdoc/>
    public void Forget(string? user)
    {
        if (user is null || this.user == user)
            this.user = null;
    }

    private string? Told(CallerIdentity? who, CoordinationError? error, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> rangeEnd)
    {
        if (error is not { } why)
            return null;
        var text = CoordinationErrors.TextOf(why);
        audit.Write(credentials, who?.User ?? "", "Watch", AuditTrail.Shown(key, rangeEnd), text);
        // As the text of etcd's error reads in Go.
        var code = why switch
        {
            CoordinationError.PermissionDenied => "PermissionDenied",
            CoordinationError.InvalidAuthToken => "Unauthenticated",
            _ => "InvalidArgument",
        };
        return $"rpc error: code = {code} desc = {text}";
    }
}
