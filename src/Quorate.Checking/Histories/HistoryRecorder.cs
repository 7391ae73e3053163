namespace Quorate.Checking.Histories;

/// <summary>Records what clients do, as they do it.</summary>
/// <remarks>
/// Guarantee: events stand in the order in which they were recorded; an operation that was begun can always be completed.
/// Cost: one short lock an event.
/// Fails when: full: then <see cref="TryInvoke"/> returns false and the client stops, so that nothing that happened goes unrecorded.
/// Safe to call from any thread. Source: Jepsen's histories.
/// </remarks>
public sealed class HistoryRecorder
{
    private readonly Lock gate = new();
    private readonly List<HistoryEvent> events = [];
    private readonly Dictionary<long, HistoryEvent> open = [];
    private readonly int eventsMax;
    private readonly TimeProvider? clock;
    private readonly long origin;

    /// <summary>An empty recorder.</summary>
    /// <param name="eventsMax">The most events it holds; an operation takes two.</param>
    /// <param name="clock">Stamps the events with nanoseconds since now; null for no stamps.</param>
    public HistoryRecorder(int eventsMax = 1_000_000, TimeProvider? clock = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(eventsMax, 2);
        this.eventsMax = eventsMax;
        this.clock = clock;
        origin = clock?.GetTimestamp() ?? 0;
    }

    /// <summary>How many events were recorded.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return events.Count;
        }
    }

    /// <summary>Records that a process begins an operation. Returns false, and records nothing, when full.</summary>
    /// <param name="process">The process; it must have no operation open.</param>
    /// <param name="function">What it does.</param>
    /// <param name="key">On which object, or null.</param>
    /// <param name="value">What it gives.</param>
    public bool TryInvoke(long process, string function, HistoryValue? key, HistoryValue value)
    {
        lock (gate)
        {
            if (events.Count + open.Count + 2 > eventsMax)
                return false;
            var e = new HistoryEvent(HistoryEventType.Invoke, process, function, key, value, null, Now());
            if (!open.TryAdd(process, e))
                throw new InvalidOperationException($"Process {process} has an operation open.");
            events.Add(e);
            return true;
        }
    }

    /// <summary>Records how the open operation of a process ended.</summary>
    /// <param name="process">The process. After <see cref="HistoryEventType.Unknown"/> it should go on under another number only if its
    /// operation may still be answered.</param>
    /// <param name="type">How it ended.</param>
    /// <param name="value">What it gave; for a failure or an unknown end what it was given is as good.</param>
    /// <param name="error">Why it failed, for people.</param>
    public void Complete(long process, HistoryEventType type, HistoryValue value, string? error = null)
    {
        if (type == HistoryEventType.Invoke)
            throw new ArgumentException("An invocation does not complete an operation.", nameof(type));
        lock (gate)
        {
            if (!open.Remove(process, out var begun))
                throw new InvalidOperationException($"Process {process} has no operation open.");
            events.Add(begun with { Type = type, Value = value, Error = error, Time = Now() });
        }
    }

    /// <summary>A copy of the events so far.</summary>
    public IReadOnlyList<HistoryEvent> ToEvents()
    {
        lock (gate)
            return events.ToArray();
    }

    /// <summary>The history so far; operations without an end are unknown.</summary>
    public History ToHistory() => History.FromEvents(ToEvents());

    private long? Now() => clock is null ? null : (long)(clock.GetElapsedTime(origin).TotalNanoseconds);
}
