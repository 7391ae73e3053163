using Quorate.Simulation.Ordering;
using Quorate.Simulation.Randomness;

namespace Quorate.Simulation.Execution;

/// <summary>Chooses the next strand where the order is not simply drawn, and with a tape the next event too.</summary>
internal sealed class StepChooser
{
    private readonly SeededRandom random;
    private readonly SortedSet<long> changes = [];
    private readonly Dictionary<SimulatedStrand, long> priorities = [];
    private long step;
    private long lowest;

    private StepChooser(StepOrder order, ulong seed)
    {
        Tape = order.Tape;
        Tape?.Rewind();
        random = SeededRandom.For(seed, "priorities");
        for (var i = 0; i < order.Changes; i++)
            changes.Add(1 + random.NextInt64(order.Steps));
    }

    /// <summary>The tape that choices are taken from, or null.</summary>
    public ChoiceTape? Tape { get; }

    /// <summary>The chooser of an order, or null where it is drawn.</summary>
    public static StepChooser? Of(StepOrder order, ulong seed) => order == StepOrder.Drawn ? null : new StepChooser(order, seed);

    /// <summary>The place of the strand that goes next.</summary>
    public int Choose(ReadOnlySpan<SimulatedStrand> ready)
    {
        if (Tape is not null)
            return ready.Length == 1 ? 0 : Tape.Choose(ready.Length);
        var best = 0;
        for (var i = 1; i < ready.Length; i++)
        {
            if (PriorityOf(ready[i]) > PriorityOf(ready[best]))
                best = i;
        }
        // The one that would run falls below all that have fallen before it, and whoever is highest now runs.
        if (!changes.Contains(++step))
            return best;
        priorities[ready[best]] = --lowest;
        changes.Remove(step);
        return ready.Length == 1 ? 0 : Choose(ready);
    }

    private long PriorityOf(SimulatedStrand strand)
    {
        if (!priorities.TryGetValue(strand, out var priority))
            priorities.Add(strand, priority = 1 + random.NextInt64(long.MaxValue - 1));
        return priority;
    }
}
