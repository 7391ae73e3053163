using Quorate.Simulation.Execution;

namespace Quorate.Simulation.Faults;

/// <summary>A fault that has begun; at its time, or when all is healed, it ends once.</summary>
internal sealed class ActiveFault(FaultCarrier carrier, Action end) : SimulatedEvent
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
}
