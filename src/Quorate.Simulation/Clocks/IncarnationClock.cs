using Quorate.Simulation.Execution;

namespace Quorate.Simulation.Clocks;

/// <summary>The clock as one life of a machine sees it: its timers end with that life.</summary>
internal sealed class IncarnationClock(SimulatedClock clock, Incarnation incarnation) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public SimulatedClock Clock => clock;

    public Incarnation Incarnation => incarnation;

    public override long GetTimestamp()
    {
        Check(nameof(GetTimestamp));
        return clock.LocalTicks;
    }

    public override DateTimeOffset GetUtcNow()
    {
        Check(nameof(GetUtcNow));
        return clock.UtcNow;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        Check(nameof(CreateTimer));
        var strand = SynchronizationContext.Current as SimulatedStrand ?? incarnation.CreateStrand("timers");
        var timer = new ClockTimer(this, strand, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private void Check(string call) => incarnation.Engine.Escapes.CheckCall(incarnation.Machine, $"Clock.{call}");
}
