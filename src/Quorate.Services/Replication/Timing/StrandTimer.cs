using Quorate.Kernel.Strands;

namespace Quorate.Services.Replication.Timing;

/// <summary>
/// A timer that fires once, on a strand. Setting it later again and again, as a follower's election timer is with each append, costs a
/// comparison: the clock's own timer is left to ring, and then waits for the rest.
/// </summary>
internal sealed class StrandTimer : IDisposable
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly MonotonicClock clock;
    private readonly Action fired;
    private readonly ITimer timer;

    /// <summary>When the clock's timer rings; <see cref="TimeSpan.MaxValue"/> when it is not wound up.</summary>
    private TimeSpan ringsAt = TimeSpan.MaxValue;

    /// <summary>When the owner wants to hear of it; <see cref="TimeSpan.MaxValue"/> when it does not.</summary>
    private TimeSpan due = TimeSpan.MaxValue;

    public StrandTimer(MonotonicClock clock, Strand strand, Action fired)
    {
        this.clock = clock;
        this.fired = fired;
        Action rang = Rang;
        timer = clock.Provider.CreateTimer(_ => strand.Post(rang), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public bool IsSet => due != TimeSpan.MaxValue;

    public void Set(TimeSpan after)
    {
        due = clock.Now + after;
        if (ringsAt > due)
            Wind(due, after);
    }

    /// <summary>Sets the timer unless it is set to an earlier time already.</summary>
    public void SetNoLater(TimeSpan after)
    {
        if (!IsSet || clock.Now + after < due)
            Set(after);
    }

    public void Cancel() => due = TimeSpan.MaxValue;

    public void Dispose()
    {
        Cancel();
        timer.Dispose();
    }

    private void Wind(TimeSpan at, TimeSpan after)
    {
        ringsAt = at;
        timer.Change(after < ShortestWait ? ShortestWait : after, Timeout.InfiniteTimeSpan);
    }

    private void Rang()
    {
        ringsAt = TimeSpan.MaxValue;
        if (!IsSet)
            return;
        var now = clock.Now;
        if (now < due)
        {
            Wind(due, due - now);
            return;
        }

        due = TimeSpan.MaxValue;
        fired();
    }
}
