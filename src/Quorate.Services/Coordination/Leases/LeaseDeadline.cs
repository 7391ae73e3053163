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
    public async Task WaitUntilGoneAsync(CancellationToken cancellationToken)
    {
        if (IsGone)
            return;
        // Each waiter awaits a source of its own: WaitAsync or WhenAny over a shared one would go on in the thread pool.
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        waiters.RemoveAll(w => w.Task.IsCompleted);
        waiters.Add(waiter);
        using var registration = cancellationToken.Register(() => waiter.TrySetCanceled(cancellationToken));
        await waiter.Task;
    }

    /// <summary>Says that the lease ended, or that this replica does not keep its time any more.</summary>
    public void MarkGone()
    {
        IsGone = true;
        foreach (var waiter in waiters)
            waiter.TrySetResult();
        waiters.Clear();
    }
}
