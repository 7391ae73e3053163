using Quorate.Kernel.Machines;
using Quorate.Services.Coordination.Commands;
using Quorate.Services.Coordination.Store;
using Quorate.Services.Replication;

namespace Quorate.Services.Coordination.Leases;

/// <summary>
/// Keeps the deadlines of leases where this replica leads, and has the group end those that run out. Deadlines are not replicated: a new
/// leader gives every lease its full time again, so a lease never ends too early, whatever the clocks of the others say.
/// </summary>
/// <remarks>
/// Source: Gray and Cheriton, "Leases: an efficient fault-tolerant mechanism for distributed file cache consistency", 1989; etcd v3.4,
/// lease/lessor.go.
/// Departure from etcd: a leader takes the deadlines over with a replicated command that names its term, and a lease is ended only in the
/// name of the
/// newest such term. So the delayed command of an older leader cannot end a lease that its successor renewed.
/// </remarks>
internal sealed class Lessor
{
    private readonly IMachine machine;
    private readonly IReplicatedGroup group;
    private readonly CoordinationStore store;
    private readonly LessorOptions options;
    private readonly long origin;
    private readonly Dictionary<long, LeaseDeadline> deadlines = [];
    private readonly PriorityQueue<LeaseDeadline, TimeSpan> queue = new();

    // The term in which this replica took the deadlines over; 0 while it has not.
    private long primaryTerm;

    /// <summary>Creates a lessor that keeps no deadlines yet.</summary>
    /// <param name="machine">The machine, for its clock.</param>
    /// <param name="group">The group.</param>
    /// <param name="store">The store.</param>
    /// <param name="options">The settings.</param>
    public Lessor(IMachine machine, IReplicatedGroup group, CoordinationStore store, LessorOptions options)
    {
        (this.machine, this.group, this.store, this.options) = (machine, group, store, options);
        origin = machine.Clock.GetTimestamp();
    }

    /// <summary>Whether this replica keeps the deadlines.</summary>
    public bool IsPrimary => primaryTerm != 0;

    private TimeSpan Now => machine.Clock.GetElapsedTime(origin);

    /// <summary>Runs until it is stopped: takes the deadlines over when this replica leads, and ends leases that run out.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var nextTry = TimeSpan.Zero;
        while (!cancellationToken.IsCancellationRequested)
        {
            if (!group.IsLeader || (IsPrimary && primaryTerm != group.Term))
                Demote();
            if (group.IsLeader && !IsPrimary && Now >= nextTry && !await TryTakeOverAsync(cancellationToken))
                nextTry = Now + options.RetryInterval;
            if (IsPrimary)
                ExpireDue(cancellationToken);
            await Task.Delay(options.CheckInterval, machine.Clock, cancellationToken);
        }
    }

    /// <summary>Tells the lessor that leadership changed.</summary>
    /// <param name="leads">Whether this replica leads.</param>
    /// <param name="cancellationToken">Stops what is begun.</param>
    public async Task LeadershipChangedAsync(bool leads, CancellationToken cancellationToken)
    {
        Demote();
        if (leads)
            await TryTakeOverAsync(cancellationToken);
    }

    /// <summary>Renews a lease. Only where this replica was confirmed to lead.</summary>
    /// <param name="id">The lease.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The time to live in seconds, or 0 when there is no such lease.</returns>
    /// <exception cref="CoordinationException">This replica does not keep the deadlines.</exception>
    public async ValueTask<long> RenewAsync(long id, CancellationToken cancellationToken)
    {
        AssertPrimary();
        if (!deadlines.TryGetValue(id, out var deadline))
            return 0;
        if (deadline.At <= Now)
        {
            // It has run out, and its end is under way. The answer must not come before that end can be seen.
            await deadline.WaitUntilGoneAsync(cancellationToken);
            AssertPrimary();
            return 0;
        }

        deadline.At = Now + deadline.Ttl;
        return (long)deadline.Ttl.TotalSeconds;
    }

    /// <summary>What is left of a lease in whole seconds, or -1 when there is no such lease.</summary>
    /// <param name="id">The lease.</param>
    /// <exception cref="CoordinationException">This replica does not keep the deadlines.</exception>
    public long Remaining(long id)
    {
        AssertPrimary();
        return deadlines.TryGetValue(id, out var deadline) ? Math.Max((long)(deadline.At - Now).TotalSeconds, 0) : -1;
    }

    /// <summary>A lease was granted.</summary>
    /// <param name="id">The lease.</param>
    /// <param name="ttlSeconds">Its time to live.</param>
    public void Granted(long id, long ttlSeconds)
    {
        if (IsPrimary)
            Keep(id, ttlSeconds);
    }

    /// <summary>A lease ended.</summary>
    /// <param name="id">The lease.</param>
    public void Ended(long id)
    {
        if (deadlines.Remove(id, out var deadline))
            deadline.MarkGone();
    }

    /// <summary>Forgets all deadlines.</summary>
    public void Demote()
    {
        primaryTerm = 0;
        queue.Clear();
        foreach (var deadline in deadlines.Values)
            deadline.MarkGone();
        deadlines.Clear();
    }

    private async Task<bool> TryTakeOverAsync(CancellationToken cancellationToken)
    {
        var term = group.Term;
        try
        {
            await group.ProposeAsync(CommandWriter.LessorTakeover(term), cancellationToken);
        }
        catch (ReplicationException)
        {
            return false;
        }

        if (!group.IsLeader || group.Term != term || store.State.Leases.LessorTerm != term || primaryTerm == term)
            return IsPrimary;
        primaryTerm = term;
        foreach (var lease in store.State.Leases.InOrder())
            Keep(lease.Id, lease.TtlSeconds);
        return true;
    }

    private void Keep(long id, long ttlSeconds)
    {
        var deadline = new LeaseDeadline(id, ttlSeconds);
        deadline.At = Now + deadline.Ttl;
        deadlines.Add(id, deadline);
        queue.Enqueue(deadline, deadline.At);
    }

    private void ExpireDue(CancellationToken cancellationToken)
    {
        var now = Now;
        for (var budget = options.ExpiriesMax; budget > 0 && queue.TryPeek(out var deadline, out var at) && at <= now;)
        {
            queue.Dequeue();
            if (deadline.IsGone)
                continue;
            if (deadline.At > now)
            {
                // It was renewed since it was queued.
                queue.Enqueue(deadline, deadline.At);
                continue;
            }

            budget--;
            queue.Enqueue(deadline, now + options.RetryInterval);
            _ = ExpireAsync(deadline.Id, primaryTerm, cancellationToken);
        }
    }

    private async Task ExpireAsync(long id, long term, CancellationToken cancellationToken)
    {
        try
        {
            await group.ProposeAsync(CommandWriter.LeaseExpire(id, term), cancellationToken);
        }
        catch (Exception e) when (e is ReplicationException or OperationCanceledException)
        {
            // The deadline stays in the queue, and is tried again.
        }
    }

    private void AssertPrimary()
    {
        if (!IsPrimary || !group.IsLeader || group.Term != primaryTerm)
            throw CoordinationErrors.Of(CoordinationError.NoLeader);
    }
}
