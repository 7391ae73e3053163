namespace Quorate.Checking.Histories.Formats;

/// <summary>The events of a history under construction, with their bound.</summary>
internal sealed class EventList(TextCursor cursor, HistoryLimits limits)
{
    private readonly List<HistoryEvent> events = [];

    public IReadOnlyList<HistoryEvent> Events => events;

    public void Add(HistoryEvent? e, int place)
    {
        if (e is null)
            return;
        if (events.Count == limits.EventsMax)
            throw cursor.Error($"the history has more than {limits.EventsMax} events", place);
        events.Add(e);
    }

}
