using Quorate.Simulation.Execution;

namespace Quorate.Simulation.Faults;

/// <summary>A fault that has begun; at its time, or when all is healed, it ends once.</summary>
internal sealed class ActiveFault(Nemesis nemesis, Action end) : SimulatedEvent
{
    public override void Fire()
    {
        nemesis.Forget(this);
        End();
    }

    public void End()
    {
        Engine.Cancel(this);
        end();
    }
}
