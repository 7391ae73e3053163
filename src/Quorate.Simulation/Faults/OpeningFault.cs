using Quorate.Simulation.Execution;

namespace Quorate.Simulation.Faults;

/// <summary>
/// Begins a fault that code outside the machines decided on: at the same instant, and behind those that end at it, as it does in a replay.
/// </summary>
internal sealed class OpeningFault(Engine engine, FaultCarrier carrier, FaultAction action) : SimulatedEvent
{
    private ActiveFault? begun;
    private bool isOver;

    public override void Fire()
    {
        begun = carrier.TryBegin(action);
        // What ends as it begins lasts a tick: zero would be for ever.
        if (isOver)
            begun?.EndEarly(engine.Now + 1);
    }

    /// <summary>Ends it now, or as soon as it has begun.</summary>
    public void End()
    {
        isOver = true;
        begun?.EndEarly(engine.Now);
    }
}
