namespace Quorate.Client.Calls;

/// <summary>The token of the client's user: asked for when it is first needed, and anew once it is not accepted any more.</summary>
/// <param name="authenticate">Logs in; null where there is no user. Its result is null where the cluster knows no users.</param>
/// <param name="clock">The clock.</param>
internal sealed class Tokens(Func<Task<string?>>? authenticate, TimeProvider clock)
{
    // A fresh token that is refused will be refused again.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);
    private readonly Lock sync = new();
    private Task<string?>? current;
    private long askedAt;

    /// <summary>The token; null for nobody.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="Services.Coordination.CoordinationException">The cluster does not accept the user.</exception>
    public ValueTask<string?> CurrentAsync(CancellationToken cancellationToken)
    {
        if (authenticate is null)
            return default;
        lock (sync)
        {
            if (current is null or { IsFaulted: true } or { IsCanceled: true })
                (current, askedAt) = (Task.Run(authenticate), clock.GetTimestamp());
            return current.IsCompletedSuccessfully ? new(current.Result) : new(current.WaitAsync(cancellationToken));
        }
    }

    /// <summary>Forgets a token that was not accepted.</summary>
    /// <param name="token">The token.</param>
    /// <returns>Whether another one may be: not where there is no user, or where it is fresh.</returns>
    public bool Refuse(string? token)
    {
        if (authenticate is null)
            return false;
        lock (sync)
        {
            if (current is not { IsCompletedSuccessfully: true } || current.Result != token)
                return true;
            if (token is not null && clock.GetElapsedTime(askedAt) < Fresh)
                return false;
            current = null;
            return true;
        }
    }
}
