using Quorate.Simulation.Execution;
using Quorate.Simulation.Tracing;

namespace Quorate.Simulation.Clocks;

/// <summary>One timer. Its callback runs as a piece of work of the strand that created it, and not after it was disposed.</summary>
internal sealed class ClockTimer(IncarnationClock clock, SimulatedStrand strand, TimerCallback callback, object? state)
    : SimulatedEvent, ITimer
{
    private static readonly Action<object?> RunCallback = static timer => ((ClockTimer)timer!).Invoke();
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);
    private long dueLocal;
    private long periodLocal;
    private int generation;
    private int postedGeneration;
    private bool isDisposed;

    /// <summary>Its place among the clock's armed timers, or null while it waits for nothing.</summary>
    public LinkedListNode<ClockTimer>? Place { get; set; }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, nameof(dueTime));
        Check(period, nameof(period));
        if (isDisposed)
            return false;
        generation++;
        Disarm();
        periodLocal = period <= TimeSpan.Zero ? 0 : period.Ticks;
        if (dueTime >= TimeSpan.Zero && clock.Incarnation.IsAlive)
        {
            dueLocal = clock.Clock.LocalTicks + dueTime.Ticks;
            var engine = clock.Incarnation.Engine;
            if (engine.Trace.IsRecorded)
                engine.Trace.AddForRecorder(TraceKind.TimerSet, engine.Now, $"of {strand} for {dueTime:c}");
            Arm();
        }
        return true;
    }

    public override void Fire()
    {
        clock.Clock.Remove(this);
        if (isDisposed || !clock.Incarnation.IsAlive)
            return;
        // The clock's rate may have been slowed since the timer was set.
        if (clock.Clock.LocalTicks < dueLocal)
        {
            Arm();
            return;
        }
        var engine = clock.Incarnation.Engine;
        engine.Trace.Add(TraceKind.Timer, engine.Now, strand.Id);
        postedGeneration = generation;
        strand.Enqueue(RunCallback, this);
    }

    public void Dispose()
    {
        isDisposed = true;
        Disarm();
    }

    /// <summary>The clock's rate changed: the same local time is now another time of the world.</summary>
    public void Rearm() => Arm();

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    private void Invoke()
    {
        // Changed or disposed between its time and its turn.
        if (isDisposed || postedGeneration != generation)
            return;
        if (periodLocal > 0)
        {
            // As a real timer does, a machine that was paused fires once and not once for each period that it slept through.
            dueLocal = Math.Max(dueLocal + periodLocal, clock.Clock.LocalTicks);
            Arm();
        }
        callback(state);
    }

    private void Disarm()
    {
        Engine.Cancel(this);
        clock.Clock.Remove(this);
    }

    private void Arm()
    {
        clock.Clock.Add(this);
        var wait = clock.Clock.WorldTicks(Math.Max(dueLocal - clock.Clock.LocalTicks, 0));
        clock.Incarnation.Engine.Schedule(this, wait);
    }

    private static void Check(TimeSpan time, string name)
    {
        if (time != Timeout.InfiniteTimeSpan && (time < TimeSpan.Zero || time > Longest))
            throw new ArgumentOutOfRangeException(name, time, "A timer's time is infinite, or from zero to about 49 days.");
    }
}
