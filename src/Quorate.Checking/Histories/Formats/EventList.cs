namespace Quorate.Checking.Histories.Formats;

/// <summary>The events of a history under construction, with their bound.</summary>
internal sealed class EventList(TextCursor cursor, HistoryLimits limits)
{
    private readonly List<HistoryEvent> events = [];

    public void Add(HistoryEvent? e, int place)
    {
        if (e is null)
            return;
        if (events.Count == limits.EventsMax)
            throw cursor.Error($"the history has more than {limits.EventsMax} events", place);
        // A file may leave out the process everywhere, not here and there.
        if (events.Count > 0 && e.Process == EventFields.NoProcess != (events[0].Process == EventFields.NoProcess))
            throw cursor.Error("the event has no process, or others have none", place);
        events.Add(e);
    }

    public History ToHistory() => History.FromEvents(events);
}
