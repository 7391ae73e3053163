namespace Quorate.Client.Calls;

/// <summary>The token of the client's user: asked for when it is first needed, and anew once it is not accepted any more.</summary>
/// <param name="authenticate">Logs in; null where there is no user. Its result is null where the cluster knows no users.</param>
internal sealed class Tokens(Func<Task<string?>>? authenticate)
{
    private readonly Lock sync = new();
    private Task<string?>? current;

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
                current = Task.Run(authenticate);
            return current.IsCompletedSuccessfully ? new(current.Result) : new(current.WaitAsync(cancellationToken));
        }
    }

    /// <summary>Forgets a token that was not accepted.</summary>
    /// <param name="token">The token.</param>
    /// <returns>Whether there will be another one; not where there is no user.</returns>
    public bool Refuse(string? token)
    {
        lock (sync)
        {
            if (current is { IsCompletedSuccessfully: true } && current.Result == token)
                current = null;
        }

        return authenticate is not null;
    }
}
