using Quorate.Services.Coordination.Authentication;
using Quorate.Services.Coordination.Store;

namespace Quorate.Services.Coordination.Serving;

/// <summary>Judges the calls that are no commands of the log: reads, members and maintenance. On the strand.</summary>
/// <remarks>The process itself, a caller of null, is not judged, and its calls take the way that they took before.</remarks>
/// <param name="store">The store.</param>
/// <param name="calls">The group.</param>
/// <param name="identification">Who callers are.</param>
/// <param name="audit">What was refused.</param>
internal sealed class CallerGate(CoordinationStore store, GroupCalls calls, Identification identification, AuditTrail audit)
{
    /// <summary>Judges a read by the state that it is read from: the caller reads on at once.</summary>
    public async ValueTask JudgeAsync(ClientCredentials caller, Operation asked, CancellationToken cancellationToken)
    {
        var who = CallerIdentity.Nobody;
        try
        {
            who = await identification.OfAsync(caller, cancellationToken);
            if (AccessRules.Operation(store.State.Auth, who, asked) is { } error)
                throw CoordinationErrors.Of(error);
        }
        catch (CoordinationException e) when (audit.Refused(e, caller, who.User, asked))
        {
            throw;
        }
    }

    /// <summary>
    /// Does what only root may. A change of members is no command of this store's: it is judged by a state that is as new as the question.
    /// </summary>
    public ValueTask<T> AsAdminAsync<T>(
        ClientCredentials? caller, string method, string on, Func<ValueTask<T>> work, CancellationToken cancellationToken)
    {
        return caller is null ? work() : AfterBarrierAsync();

        async ValueTask<T> AfterBarrierAsync()
        {
            await calls.BarrierAsync(cancellationToken);
            return await AsAdminHereAsync(caller, method, work, cancellationToken, on);
        }
    }

    /// <summary>Does what only root may, judged by this node's state.</summary>
    public ValueTask<T> AsAdminHereAsync<T>(
        ClientCredentials? caller, string method, Func<ValueTask<T>> work, CancellationToken cancellationToken, string? on = null) =>
        caller is null ? work() : DoAsAdminAsync(caller, method, work, on, cancellationToken);

    /// <summary>Does what anybody may, but not with a token that is not accepted.</summary>
    public ValueTask<T> AsSomebodyAsync<T>(
        ClientCredentials? caller, string method, Func<ValueTask<T>> work, CancellationToken cancellationToken)
    {
        return caller is null ? work() : AfterLookAsync();

        async ValueTask<T> AfterLookAsync()
        {
            try
            {
                await identification.OfAsync(caller, cancellationToken);
            }
            catch (CoordinationException e) when (audit.Refused(e, caller, "", method, ""))
            {
                throw;
            }

            return await work();
        }
    }

    private async ValueTask<T> DoAsAdminAsync<T>(
        ClientCredentials caller, string method, Func<ValueTask<T>> work, string? on, CancellationToken cancellationToken)
    {
        var (who, outcome) = (CallerIdentity.Nobody, "ok");
        try
        {
            who = await identification.OfAsync(caller, cancellationToken);
            if (AccessRules.Admin(store.State.Auth, who) is { } error)
                throw CoordinationErrors.Of(error);
            return await work();
        }
        catch (CoordinationException e)
        {
            outcome = e.Message;
            throw;
        }
        finally
        {
            if (on is not null || outcome != "ok")
                audit.Write(caller, who.User, method, on ?? "", outcome);
        }
    }
}
