using Quorate.Checking.Histories;

namespace Quorate.Tests.Checking.Sessions;

/// <summary>Sessions in short hand, one after another: <c>wx1 rx1 | ry</c> are two sessions; <c>rx</c> reads nil. All run at once.</summary>
internal static class SessionShortHistory
{
    public static History Of(string text)
    {
        var sessions = text.Split('|').Select(s => s.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        var events = new List<HistoryEvent>();
        for (var step = 0; step < sessions.Max(s => s.Length); step++)
        {
            for (var process = 0; process < sessions.Length; process++)
                if (step < sessions[process].Length)
                    events.Add(Event(sessions[process][step], process, HistoryEventType.Invoke));
            for (var process = 0; process < sessions.Length; process++)
                if (step < sessions[process].Length)
                    events.Add(Event(sessions[process][step], process, HistoryEventType.Ok));
        }
        return History.FromEvents(events);
    }

    private static HistoryEvent Event(string word, long process, HistoryEventType type)
    {
        var value = word.Length > 2 ? HistoryValue.Of(long.Parse(word[2..])) : HistoryValue.Nil;
        var isRead = word[0] == 'r';
        return new HistoryEvent(
            type, process, isRead ? "read" : "write", HistoryValue.Of(word[1].ToString()), isRead && type == HistoryEventType.Invoke ? HistoryValue.Nil : value);
    }
}
