using Quorate.Simulation.Execution;

namespace Quorate.Simulation.Faults;

/// <summary>A fault that has begun; at its time, before it by order, or when all is healed, it ends once.</summary>
/// <param name="engine">The engine.</param>
/// <param name="carrier">Who carries it out.</param>
/// <param name="place">Its place among the carried out faults; -1 for what is not among them.</param>
/// <param name="end">Ends it.</param>
internal sealed class ActiveFault(Engine engine, FaultCarrier carrier, int place, Action end) : SimulatedEvent
{
    // Of the faults that end at one instant the one that began first ends first, whether that was known from the start or not.
    private readonly long order = engine.NextTicket();

    public override void Fire()
    {
        carrier.Forget(this);
        End();
    }

    /// <summary>It ends at this time.</summary>
    public void EndAt(long time) => engine.ScheduleAt(this, time, order);

    public void End()
    {
        Engine.Cancel(this);
        end();
    }

    /// <summary>It ends at this time, which is before its own.</summary>
    public void EndEarly(long time)
    {
        if (!carrier.IsActive(this))
            return;
        carrier.Shorten(place, time);
        EndAt(time);
    }
}
