namespace Quorate.Simulation.Execution;

/// <summary>The events to come, by time and then by the order of scheduling. A 4-ary heap of small structs.</summary>
internal sealed class EventHeap
{
    private const int Arity = 4;
    private Entry[] entries = new Entry[256];

    /// <summary>How many entries are queued, stale ones too.</summary>
    public int Count { get; private set; }

    /// <summary>Adds an event.</summary>
    public void Push(long time, long ticket, SimulatedEvent what)
    {
        if (Count == entries.Length)
            Array.Resize(ref entries, Count * 2);
        var heap = entries;
        var at = Count++;
        while (at > 0)
        {
            var parent = (at - 1) / Arity;
            if (!Before(time, ticket, in heap[parent]))
                break;
            heap[at] = heap[parent];
            at = parent;
        }
        heap[at] = new Entry(time, ticket, what);
    }

    /// <summary>The next event that is not stale; stale ones before it are dropped.</summary>
    public bool TryPeek(out long time)
    {
        while (Count > 0)
        {
            ref var top = ref entries[0];
            if (top.What.Ticket == top.Ticket)
            {
                time = top.Time;
                return true;
            }
            RemoveTop();
        }
        time = 0;
        return false;
    }

    /// <summary>Takes the next event, after <see cref="TryPeek"/> said that there is one.</summary>
    public SimulatedEvent Pop()
    {
        var what = entries[0].What;
        what.Ticket = 0;
        RemoveTop();
        return what;
    }

    private void RemoveTop()
    {
        var heap = entries;
        var last = heap[--Count];
        heap[Count] = default;
        if (Count == 0)
            return;
        var at = 0;
        while (true)
        {
            var least = LeastChild(heap, at);
            if (least < 0 || !Before(heap[least].Time, heap[least].Ticket, in last))
                break;
            heap[at] = heap[least];
            at = least;
        }
        heap[at] = last;
    }

    private int LeastChild(Entry[] heap, int at)
    {
        var first = at * Arity + 1;
        if (first >= Count)
            return -1;
        var least = first;
        var end = Math.Min(first + Arity, Count);
        for (var child = first + 1; child < end; child++)
        {
            if (Before(heap[child].Time, heap[child].Ticket, in heap[least]))
                least = child;
        }
        return least;
    }

    private static bool Before(long time, long ticket, in Entry other) =>
        time < other.Time || (time == other.Time && ticket < other.Ticket);

    private readonly struct Entry(long time, long ticket, SimulatedEvent what)
    {
        public readonly long Time = time;
        public readonly long Ticket = ticket;
        public readonly SimulatedEvent What = what;
    }
}
