namespace Quorate.Checking.Histories.Formats;

/// <summary>The events of a history under construction, with their bound.</summary>
internal sealed class EventList(TextCursor cursor, HistoryLimits limits)
{
    private readonly List<HistoryEvent> events = [];
    private bool hasProcesses;

    public IReadOnlyList<HistoryEvent> Events => events;

    public void Add(HistoryEvent? e, int place)
    {
        if (e is null)
            return;
        if (events.Count == limits.EventsMax)
            throw cursor.Error($"the history has more than {limits.EventsMax} events", place);
        // A file may leave out the process everywhere, not here and there.
        var isNamed = e.Process != EventFields.NoProcess;
        if (events.Count > 0 && isNamed != hasProcesses)
            throw cursor.Error("the event has no process, or others have none", place);
        hasProcesses = isNamed;
        events.Add(isNamed ? e : e with { Process = 0 });
    }

}
