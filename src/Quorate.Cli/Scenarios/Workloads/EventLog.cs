using System.Globalization;
using System.Text;
using Quorate.Cli.Scenarios.Violations;
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

    /// <summary>
    /// Compares with the truth up to the revision that this watcher knows: no event may be missing, doubled, changed or out of order.
    /// What came later is no loss, since it ended its watch before; but it must have come as far as the target.
    /// </summary>
    /// <param name="truth">The log that reaches furthest.</param>
    /// <param name="target">The revision that the watcher had to reach.</param>
    public void Compare(EventLog truth, long target)
    {
        if (Revision < target)
            throw new ViolationException($"{watcher} ended at revision {Revision}, before its target {target}");
        var known = truth.Events.TakeWhile(e => e.Revision <= Revision).ToArray();
        for (var i = 0; i < known.Length; i++)
            if (i >= events.Count || events[i] != known[i])
                throw new ViolationException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"event {i} of {watcher} is {(i < events.Count ? events[i] : "missing")}; "
                    + $"{truth.Watcher} has {known[i]} there"));
        if (events.Count > known.Length)
            throw new ViolationException($"{watcher} has {events[known.Length]} at the end, which {truth.Watcher} does not have");
        CompareProgress(truth);
    }

    private void CompareProgress(EventLog truth)
    {
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
