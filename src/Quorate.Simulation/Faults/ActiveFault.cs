using Quorate.Simulation.Execution;

namespace Quorate.Simulation.Faults;

/// <summary>A fault that has begun; at its time, before it by order, or when all is healed, it ends once.</summary>
/// <param name="carrier">Who carries it out.</param>
/// <param name="place">Its place among the carried out faults; -1 for what is not among them.</param>
/// <param name="end">Ends it.</param>
internal sealed class ActiveFault(FaultCarrier carrier, int place, Action end) : SimulatedEvent
{
    public override void Fire()
    {
        carrier.Forget(this);
        End();
    }

    public void End()
    {
        Engine.Cancel(this);
        end();
    }

    public void EndEarly()
    {
        if (!carrier.Forget(this))
            return;
        carrier.Shorten(place);
        End();
    }
}
