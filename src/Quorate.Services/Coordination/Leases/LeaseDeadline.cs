namespace Quorate.Services.Coordination.Leases;

/// <summary>When a lease runs out, as its leader sees it.</summary>
/// <param name="id">The lease.</param>
/// <param name="ttlSeconds">Its time to live.</param>
internal sealed class LeaseDeadline(long id, long ttlSeconds)
{
    private readonly List<TaskCompletionSource> waiters = [];

    /// <summary>The lease.</summary>
    public long Id { get; } = id;

    /// <summary>Its time to live.</summary>
    public TimeSpan Ttl { get; } = TimeSpan.FromSeconds(ttlSeconds);

    /// <summary>When it runs out, on the lessor's clock.</summary>
    public TimeSpan At { get; set; }

    /// <summary>Whether the lease ended, or this replica does not keep its time any more.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Waits until <see cref="IsGone"/>.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <remarks>Not with WaitAsync: over asynchronous continuations it would go by way of the thread pool, off the strand.</remarks>
    public async Task WaitUntilGoneAsync(CancellationToken cancellationToken)
    {
        if (IsGone)
            return;
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        waiters.Add(waiter);
        using var _ = cancellationToken.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), waiter);
        try
        {
            await waiter.Task;
        }
        finally
        {
            waiters.Remove(waiter);
        }
    }

    /// <summary>Says that the lease ended, or that this replica does not keep its time any more.</summary>
    public void MarkGone()
    {
        IsGone = true;
        foreach (var waiter in waiters.ToArray())
            waiter.TrySetResult();
    }
}
