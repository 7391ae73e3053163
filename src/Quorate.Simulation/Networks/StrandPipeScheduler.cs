using System.IO.Pipelines;
using Quorate.Simulation.Execution;

namespace Quorate.Simulation.Networks;

/// <summary>Where a pipe runs a continuation that asked for no context: on the connection's strand, never on the pool.</summary>
internal sealed class StrandPipeScheduler(SimulatedStrand strand) : PipeScheduler
{
    public override void Schedule(Action<object?> action, object? state) => strand.Enqueue(action, state);
}
