using Quorate.Simulation.Execution;
using Quorate.Simulation.Tracing;

namespace Quorate.Simulation.Clocks;

/// <summary>
/// The clock of a simulated machine. Its wall time may be wrong, drift and jump; its timestamps run at the machine's own rate and never
/// go back. Timers run by the timestamps.
/// </summary>
/// <remarks>
/// Guarantee: deterministic; a timer never fires before its time by the machine's own timestamps.
/// Cost: one heap operation a timer.
/// Fails when: called from outside a step of the world, which fails the seed.
/// </remarks>
public sealed class SimulatedClock
{
    /// <summary>The wall time at which every world starts.</summary>
    public static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private const double RateMin = 0.5;
    private const double RateMax = 2.0;
    private readonly Engine engine;
    private readonly string machine;
    private readonly LinkedList<ClockTimer> armed = new();
    private long anchorEngine;
    private double anchorLocal;
    private long wallOffset;
    private TimeSpan errorMax = TimeSpan.MaxValue;

    internal SimulatedClock(Engine engine, string machine)
    {
        this.engine = engine;
        this.machine = machine;
        anchorEngine = engine.Now;
        anchorLocal = engine.Now;
    }

    /// <summary>How fast the machine's time runs against the world's: 1 is exact, 1.0002 gains 200 microseconds a second.</summary>
    public double Rate { get; private set; } = 1;

    /// <summary>The wall time that the machine believes in.</summary>
    public DateTimeOffset UtcNow
    {
        get
        {
            var ticks = Epoch.Ticks + LocalTicks + wallOffset;
            if (errorMax != TimeSpan.MaxValue)
                ticks = Math.Clamp(ticks, Epoch.Ticks + engine.Now - errorMax.Ticks, Epoch.Ticks + engine.Now + errorMax.Ticks);
            return new DateTimeOffset(Math.Clamp(ticks, 0, DateTimeOffset.MaxValue.Ticks), TimeSpan.Zero);
        }
    }

    /// <summary>How far the wall clock was set away from the machine's own running time.</summary>
    public TimeSpan WallOffset => new(wallOffset);

    /// <summary>
    /// How far the wall time is off the world's at most, whatever is done to the clock, as behind a time service that promises a bound;
    /// <see cref="TimeSpan.MaxValue"/>, the default, is no bound. A bounded-uncertainty clock may rely on it.
    /// </summary>
    public TimeSpan ErrorMax
    {
        get => errorMax;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            errorMax = value;
        }
    }

    internal long LocalTicks => (long)(anchorLocal + (engine.Now - anchorEngine) * Rate);

    /// <summary>Moves the wall clock, forward or back. Timestamps and timers do not notice.</summary>
    /// <param name="by">By how much.</param>
    public void Jump(TimeSpan by)
    {
        wallOffset += by.Ticks;
        Note($"{machine}: wall clock jumps by {by:c}");
        var text = FormattableString.Invariant($"wall clock jumps by {by.TotalSeconds:+0.###;-0.###} s");
        engine.Record?.Knob(machine, KnobOwner.Clock, "jump", text, isFaulty: true, isInstant: true);
    }

    /// <summary>Sets how far the wall clock is off.</summary>
    /// <param name="offset">Ahead where positive.</param>
    public void SetSkew(TimeSpan offset)
    {
        wallOffset = offset.Ticks;
        Note($"{machine}: wall clock is off by {offset:c}");
        var text = FormattableString.Invariant($"wall clock is off by {offset.TotalSeconds:+0.###;-0.###;0} s");
        engine.Record?.Knob(machine, KnobOwner.Clock, "skew", text, offset != TimeSpan.Zero);
    }

    /// <summary>Sets how fast the machine's time runs, timestamps and timers too.</summary>
    /// <param name="rate">From 0.5 to 2; 1 is exact.</param>
    public void SetRate(double rate)
    {
        if (!(rate is >= RateMin and <= RateMax))
            throw new ArgumentOutOfRangeException(nameof(rate), rate, $"A clock's rate is from {RateMin} to {RateMax}.");
        anchorLocal += (engine.Now - anchorEngine) * Rate;
        anchorEngine = engine.Now;
        Rate = rate;
        foreach (var timer in armed)
            timer.Rearm();
        Note($"{machine}: clock rate {rate:R}");
        engine.Record?.Knob(machine, KnobOwner.Clock, "rate", FormattableString.Invariant($"clock runs at {rate:0.####} of its rate"), rate != 1);
    }

    internal TimeProvider For(Incarnation incarnation) => new IncarnationClock(this, incarnation);

    /// <summary>How long the world waits for this much of the machine's time.</summary>
    internal long WorldTicks(long localTicks) => Rate == 1 ? localTicks : (long)Math.Ceiling(localTicks / Rate);

    internal void Add(ClockTimer timer)
    {
        timer.Place ??= new LinkedListNode<ClockTimer>(timer);
        if (timer.Place.List is null)
            armed.AddLast(timer.Place);
    }

    internal void Remove(ClockTimer timer)
    {
        if (timer.Place is { List: not null } place)
            armed.Remove(place);
    }

    private void Note(string text) => engine.Trace.Add(TraceKind.ClockFault, engine.Now, text);
}
