namespace Quorate.Tests.Services.Coordination;

/// <summary>A clock that a test moves by hand. Timers fire in order of time, then of creation.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly SortedDictionary<(TimeSpan At, long Order), ManualTimer> timers = [];
    private long order;

    public TimeSpan Elapsed { get; private set; }

    /// <summary>What the wall shows at the beginning.</summary>
    public DateTimeOffset Start { get; init; } = DateTimeOffset.UnixEpoch;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Elapsed.Ticks;

    public override DateTimeOffset GetUtcNow() => Start + Elapsed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Goes to the next timer, if one is due by the limit, and fires it.</summary>
    public bool FireNext(TimeSpan limit)
    {
        if (timers.Count == 0 || timers.First().Key.At > limit)
            return false;
        var (key, timer) = timers.First();
        timers.Remove(key);
        Elapsed = key.At;
        timer.Fire();
        return true;
    }

    public void GoTo(TimeSpan at) => Elapsed = at > Elapsed ? at : Elapsed;

    private sealed class ManualTimer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private (TimeSpan, long)? key;
        private TimeSpan repeat;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Remove();
            repeat = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
                Add(dueTime);
            return true;
        }

        public void Fire()
        {
            key = null;
            if (repeat > TimeSpan.Zero)
                Add(repeat);
            callback(state);
        }

        public void Dispose() => Remove();

        public ValueTask DisposeAsync()
        {
            Remove();
            return ValueTask.CompletedTask;
        }

        private void Add(TimeSpan dueTime)
        {
            key = (clock.Elapsed + dueTime, ++clock.order);
            clock.timers.Add(key.Value, this);
        }

        private void Remove()
        {
            if (key is { } old)
                clock.timers.Remove(old);
            key = null;
        }
    }
}
