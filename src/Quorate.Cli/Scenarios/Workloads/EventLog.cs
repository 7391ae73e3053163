using System.Globalization;
using System.Text;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Services.Coordination;

namespace Quorate.Cli.Scenarios.Workloads;

/// <summary>What one watcher was told, in the order in which it was told, over all its streams.</summary>
internal sealed class EventLog(string watcher)
{
    private readonly List<(long Revision, string Event)> events = [];
    private readonly List<(int Events, long Revision)> progress = [];

    public string Watcher => watcher;

    public IReadOnlyList<(long Revision, string Event)> Events => events;

    /// <summary>The last revision of which every event was told.</summary>
    public long Revision { get; private set; }

    /// <summary>Adds a message of a stream that began after <see cref="Revision"/>.</summary>
    /// <param name="message">The message.</param>
    public void Add(WatchMessage message)
    {
        foreach (var e in message.Events)
        {
            var revision = e.KeyValue.ModRevision;
            if (revision <= Revision)
                throw new ViolationException($"{watcher} was told of revision {revision} after it knew all up to {Revision}: {Text(e)}");
            if (events.Count > 0 && revision < events[^1].Revision)
                throw new ViolationException($"{watcher} was told of revision {revision} after {events[^1].Revision}: out of order");
            events.Add((revision, Text(e)));
        }
        if (message.Kind == WatchMessageKind.Progress)
            progress.Add((events.Count, message.Header.Revision));
        if (events.Count > 0 && !message.Fragment)
            Revision = Math.Max(Revision, events[^1].Revision);
    }

    /// <summary>Compares with the whole truth: no event may be missing, doubled, changed or out of order.</summary>
    /// <param name="truth">Every event, by revision.</param>
    public void Compare(EventLog truth)
    {
        for (var i = 0; i < truth.Events.Count; i++)
            if (i >= events.Count || events[i] != truth.Events[i])
                throw new ViolationException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"event {i} of {watcher} is {(i < events.Count ? events[i] : "missing")}; {truth.Watcher} has {truth.Events[i]} there"));
        if (events.Count > truth.Events.Count)
            throw new ViolationException($"{watcher} has {events[truth.Events.Count]} at the end, which {truth.Watcher} does not have");
        foreach (var (count, revision) in progress)
            if (count < truth.Events.Count && truth.Events[count].Revision <= revision)
                throw new ViolationException($"{watcher} was told that it knew all up to {revision}, but not of {truth.Events[count]}");
    }

    private static string Text(WatchEvent e)
    {
        var key = Encoding.UTF8.GetString(e.KeyValue.Key.Span);
        return e.IsDelete ? $"delete {key}" : $"put {key} {Encoding.UTF8.GetString(e.KeyValue.Value.Span)}";
    }
}
