namespace Quorate.Simulation.Execution;

/// <summary>
/// One life of a machine, from boot to crash. Strands, timers, pipes, sockets and files belong to a life; when it ends nothing of it
/// runs or calls back any more.
/// </summary>
internal sealed class Incarnation(Engine engine, string machine, int number)
{
    private readonly List<SimulatedStrand> waiting = [];

    public Engine Engine { get; } = engine;

    public string Machine { get; } = machine;

    /// <summary>Counts the lives of the machine from 1.</summary>
    public int Number { get; } = number;

    public bool IsAlive { get; private set; } = true;

    public bool IsPaused { get; private set; }

    /// <summary>
    /// Asked what to make of an exception that ends this life: true where the machine stopped itself, as a process that exits, and the
    /// world goes on; false where the seed fails. Null, as for the world's own strands, is always false.
    /// </summary>
    public Func<Exception, bool>? StopsFor { get; set; }

    public SimulatedStrand CreateStrand(string name) => new(this, name, Engine.NextStrandId());

    /// <summary>Ends this life: queued work is dropped and later posts are ignored.</summary>
    public void Kill()
    {
        IsAlive = false;
        Engine.RemoveReady(this, null);
        foreach (var strand in waiting)
            strand.Clear();
        waiting.Clear();
    }

    /// <summary>Nothing of this life runs until <see cref="Resume"/>; work queues up meanwhile.</summary>
    public void Pause()
    {
        if (IsPaused || !IsAlive)
            return;
        IsPaused = true;
        Engine.RemoveReady(this, waiting);
    }

    public void Resume()
    {
        if (!IsPaused)
            return;
        IsPaused = false;
        foreach (var strand in waiting)
            Engine.AddReady(strand);
        waiting.Clear();
    }

    /// <summary>Called when an idle strand gets its first piece of work.</summary>
    public void Wake(SimulatedStrand strand)
    {
        if (IsPaused)
            waiting.Add(strand);
        else
            Engine.AddReady(strand);
    }
}
