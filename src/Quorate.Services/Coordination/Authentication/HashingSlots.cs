namespace Quorate.Services.Coordination.Authentication;

/// <summary>Bounds how many slow hashes are computed at once, so that log-ins cannot starve the node. On the strand.</summary>
/// <param name="slots">How many at once.</param>
internal sealed class HashingSlots(int slots)
{
    /// <summary>How many wait at most; one more is refused.</summary>
    public const int WaitingMax = 256;

    private readonly LinkedList<TaskCompletionSource> waiting = [];
    private int free = slots;

    /// <summary>Waits for a slot.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CoordinationException">Too many wait.</exception>
    public async ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        if (free > 0)
        {
            free--;
            return;
        }

        if (waiting.Count >= WaitingMax)
            throw CoordinationErrors.Of(CoordinationError.TooManyRequests);
        var turn = waiting.AddLast(new TaskCompletionSource());
        try
        {
            await turn.Value.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The slot may have come in the same moment: then it goes to the next one.
            if (turn.Value.Task.IsCompleted)
                Leave();
            else
                waiting.Remove(turn);
            throw;
        }
    }

    /// <summary>Gives a slot to the next one.</summary>
    public void Leave()
    {
        if (waiting.First is not { } next)
        {
            free++;
            return;
        }

        waiting.RemoveFirst();
        next.Value.SetResult();
    }
}
