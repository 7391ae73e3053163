using Quorate.Simulation.Execution;

namespace Quorate.Simulation.Faults;

/// <summary>Begins the faults of a list, each at its time; what cannot begin then is passed over.</summary>
internal sealed class ScheduledFaults : SimulatedEvent
{
    private readonly Engine engine;
    private readonly FaultCarrier carrier;
    private readonly IReadOnlyList<FaultAction> faults;
    private int next;

    public ScheduledFaults(Engine engine, FaultCarrier carrier, IReadOnlyList<FaultAction> faults)
    {
        this.engine = engine;
        this.carrier = carrier;
        this.faults = faults.OrderBy(f => f.At).ToList();
        ScheduleNext();
    }

    public override void Fire()
    {
        // One at a time, even at one instant: as many events as when they were drawn.
        carrier.TryBegin(faults[next++]);
        ScheduleNext();
    }

    /// <summary>Begins no more.</summary>
    public void Heal() => Engine.Cancel(this);

    private void ScheduleNext()
    {
        if (next < faults.Count)
            engine.ScheduleAt(this, Math.Max(faults[next].At.Ticks, engine.Now));
    }
}
