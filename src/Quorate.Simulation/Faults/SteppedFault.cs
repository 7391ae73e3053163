using Quorate.Simulation.Execution;

namespace Quorate.Simulation.Faults;

/// <summary>A fault of several steps, at equal distances over its time, such as a crash loop or a clock strobe.</summary>
internal sealed class SteppedFault(Engine engine, long interval, int steps, Action<int> step) : SimulatedEvent
{
    private int done;

    /// <summary>Takes the first step now; the others follow.</summary>
    public void Begin() => Fire();

    public override void Fire()
    {
        step(done++);
        if (done < steps)
            engine.Schedule(this, Math.Max(interval, 1));
    }

    /// <summary>Takes no step more.</summary>
    public void Stop() => Engine.Cancel(this);
}
