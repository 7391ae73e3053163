namespace Quorate.Simulation.Execution;

/// <summary>
/// Something that happens at an instant of virtual time. An object is in the queue at most once: scheduling it again moves it, and
/// what the queue still holds of the old time is stale and skipped. So hot events are reused and cost no allocation.
/// </summary>
internal abstract class SimulatedEvent
{
    /// <summary>The number under which it is queued, or 0 when it is not.</summary>
    public long Ticket { get; set; }

    /// <summary>Happens. Runs outside every strand: work of a machine is posted to one of its strands.</summary>
    public abstract void Fire();
}
