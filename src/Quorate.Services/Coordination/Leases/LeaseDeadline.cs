namespace Quorate.Services.Coordination.Leases;

/// <summary>When a lease runs out, as its leader sees it.</summary>
/// <param name="id">The lease.</param>
/// <param name="ttlSeconds">Its time to live.</param>
internal sealed class LeaseDeadline(long id, long ttlSeconds)
{
    private TaskCompletionSource? gone;

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
    public Task WaitUntilGoneAsync(CancellationToken cancellationToken)
    {
        if (IsGone)
            return Task.CompletedTask;
        gone ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return gone.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Says that the lease ended, or that this replica does not keep its time any more.</summary>
    public void MarkGone()
    {
        IsGone = true;
        gone?.TrySetResult();
    }
}
