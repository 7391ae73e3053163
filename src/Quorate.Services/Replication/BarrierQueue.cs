using Quorate.Services.Replication.Timing;

namespace Quorate.Services.Replication;

/// <summary>A read that waits for its index, and mostly for that index to be applied here.</summary>
internal sealed class Barrier(TimeSpan deadline, bool waitsForApply) : TaskCompletionSource<long>
{
    public TimeSpan Deadline { get; } = deadline;

    public bool WaitsForApply { get; } = waitsForApply;

    public CancellationTokenRegistration Registration { get; set; }
}

/// <summary>
/// The reads of this node that wait. All that came before a round of confirmation began share it; while it runs the next gather, so
/// that the cost of a round is shared by more reads the more there are.
/// </summary>
internal sealed class BarrierQueue : IDisposable
{
    private const int RoundsMax = 2;
    private const int WaitingMax = 100_000;
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(100);

    private readonly HostContext host;
    private readonly StrandTimer sweep;
    private readonly Queue<(long Index, List<Barrier> Round)> confirmed = new();
    private readonly List<List<Barrier>> asking = [];
    private List<Barrier> gathering = [];
    private int count;
    private bool stopped;

    public BarrierQueue(HostContext host)
    {
        this.host = host;
        sweep = new StrandTimer(host.Clock, host.Strand, Sweep);
    }

    /// <summary>Whether a round should begin.</summary>
    public bool WantsRound => gathering.Count > 0 && asking.Count < RoundsMax;

    public Task<long> Wait(bool waitsForApply, CancellationToken cancellationToken)
    {
        if (stopped)
            return Task.FromException<long>(new ReplicationException(ReplicationError.Stopping, "This node is stopping."));
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<long>(cancellationToken);
        if (count >= WaitingMax)
            return Task.FromException<long>(new ReplicationException(ReplicationError.Overloaded, $"{count} reads wait already."));
        var barrier = new Barrier(host.Clock.Now + host.Options.RequestTimeout, waitsForApply);
        gathering.Add(barrier);
        count++;
        if (!sweep.IsSet)
            sweep.Set(SweepInterval);
        if (cancellationToken.CanBeCanceled)
            barrier.Registration = cancellationToken.UnsafeRegister(
                (_, token) => host.Strand.Post(() => barrier.TrySetCanceled(token)), null);
        host.Turn();
        return barrier.Task;
    }

    /// <summary>Takes all that gathered, for a round that begins now.</summary>
    public List<Barrier> BeginRound()
    {
        var round = gathering;
        gathering = [];
        asking.Add(round);
        return round;
    }

    /// <summary>A round is confirmed: what was applied up to the index is new enough.</summary>
    public void Confirmed(List<Barrier> round, long index, long applied)
    {
        asking.Remove(round);
        for (var i = 0; i < round.Count; i++)
        {
            if (!round[i].WaitsForApply)
                Finish(round[i], index);
        }

        if (index <= applied)
            FinishAll(round, index);
        else
            confirmed.Enqueue((index, round));
        host.Turn();
    }

    /// <summary>
    /// Another leads: who was asked may be cut off and never answer, so the reads under way gather again. A late answer still counts for
    /// those whom it was for.
    /// </summary>
    public void RouteChanged()
    {
        if (asking.Count == 0)
            return;
        var again = new List<Barrier>();
        foreach (var round in asking)
            Collect(round, static _ => true, again);
        asking.Clear();
        again.AddRange(gathering);
        gathering = again;
    }

    /// <summary>A round failed: its reads gather again, until their time runs out.</summary>
    public void Failed(List<Barrier> round)
    {
        if (!asking.Remove(round))
            return;
        round.RemoveAll(static barrier => barrier.Task.IsCompleted);
        round.AddRange(gathering);
        gathering = round;
    }

    /// <summary>The state was applied up to an index.</summary>
    public void Applied(long applied)
    {
        // Rounds are confirmed in the order of their indexes, but for a change of leader: one that waits a little longer is still right.
        while (confirmed.TryPeek(out var oldest) && oldest.Index <= applied)
        {
            confirmed.Dequeue();
            FinishAll(oldest.Round, oldest.Index);
        }
    }

    public void Stop()
    {
        stopped = true;
        FailWhere(_ => true, ReplicationError.Stopping, "This node is stopping.");
    }

    public void Dispose() => sweep.Dispose();

    private void FinishAll(List<Barrier> round, long index)
    {
        for (var i = 0; i < round.Count; i++)
            Finish(round[i], index);
    }

    private static void Finish(Barrier barrier, long index)
    {
        barrier.Registration.Dispose();
        barrier.TrySetResult(index);
    }

    private void Sweep()
    {
        var now = host.Clock.Now;
        FailWhere(barrier => barrier.Deadline <= now, ReplicationError.Timeout, "No leader confirmed the read in time.");
        gathering.RemoveAll(static barrier => barrier.Task.IsCompleted);
        count = gathering.Count;
        foreach (var round in asking)
            count += round.Count;
        foreach (var (_, round) in confirmed)
            count += round.Count;
        if (count > 0)
            sweep.Set(SweepInterval);
        host.Turn();
    }

    private void FailWhere(Func<Barrier, bool> which, ReplicationError error, string why)
    {
        var failed = new List<Barrier>();
        Collect(gathering, which, failed);
        foreach (var round in asking)
            Collect(round, which, failed);
        foreach (var (_, round) in confirmed)
            Collect(round, which, failed);
        foreach (var barrier in failed)
        {
            barrier.Registration.Dispose();
            barrier.TrySetException(new ReplicationException(error, why));
        }
    }

    private static void Collect(List<Barrier> from, Func<Barrier, bool> which, List<Barrier> to)
    {
        foreach (var barrier in from)
        {
            if (!barrier.Task.IsCompleted && which(barrier))
                to.Add(barrier);
        }
    }
}
