using Quorate.Kernel.Strands;
using Quorate.Simulation.Tracing;

namespace Quorate.Simulation.Execution;

/// <summary>A strand of a simulated machine: a queue that the engine takes from, one piece at a time, when its turn is drawn.</summary>
internal sealed class SimulatedStrand(Incarnation incarnation, string name, int id) : Strand
{
    private WorkItem[] ring = new WorkItem[8];
    private int head;
    private int count;

    public override string Name => name;

    public int Id { get; } = id;

    public Incarnation Incarnation { get; } = incarnation;

    /// <summary>The execution context in which its steps run: it marks them, so that work which leaves for the pool is noticed.</summary>
    public ExecutionContext? Context { get; set; }

    public bool IsEmpty => count == 0;

    public override void Post(SendOrPostCallback d, object? state)
    {
        ArgumentNullException.ThrowIfNull(d);
        Incarnation.Engine.Escapes.CheckPost(this, state);
        if (Incarnation.Engine.Trace.IsRecorded)
            Incarnation.Engine.Trace.AddForRecorder(TraceKind.Posted, Incarnation.Engine.Now, $"to {this}");
        Enqueue(d, state);
    }

    /// <summary>As <see cref="Post(SendOrPostCallback, object?)"/>, for the simulator's own parts.</summary>
    public void Enqueue(Delegate callback, object? state)
    {
        if (!Incarnation.IsAlive)
            return;
        if (count == ring.Length)
            Grow();
        ring[(head + count) & (ring.Length - 1)] = new WorkItem(callback, state);
        if (count++ == 0)
            Incarnation.Wake(this);
    }

    public WorkItem Dequeue()
    {
        var item = ring[head];
        ring[head] = default;
        head = (head + 1) & (ring.Length - 1);
        count--;
        return item;
    }

    public void Clear()
    {
        Array.Clear(ring);
        head = 0;
        count = 0;
    }

    public override string ToString() => $"{Incarnation.Machine}/{name}";

    private void Grow()
    {
        var larger = new WorkItem[ring.Length * 2];
        for (var i = 0; i < count; i++)
            larger[i] = ring[(head + i) & (ring.Length - 1)];
        ring = larger;
        head = 0;
    }
}
