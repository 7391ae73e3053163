using Quorate.Cli.Scenarios.Violations;

namespace Quorate.Cli.Scenarios.Workloads;

/// <summary>The end of a run with watchers: how far they must come, and what must be among the events that they were told of.</summary>
internal static class LastWrite
{
    /// <summary>
    /// Makes one last write and has the watchers wait for it. It is behind all that was acknowledged, but a write whose end is unknown may
    /// still come after it, and then a watcher may end before or after it was told of that one.
    /// </summary>
    public static async Task MakeAsync(ClientCalls calls, IReadOnlyList<Watcher> watchers)
    {
        while (true)
        {
            var last = await calls.CallAsync(s => s.PutAsync(new("last"u8.ToArray(), default)));
            if (last.Response is { } response)
            {
                foreach (var watcher in watchers)
                    watcher.Target = response.Header.Revision;
                return;
            }
            await calls.ThinkAsync(TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>Compares what the watchers were told with each other, and with what was acknowledged.</summary>
    /// <returns>The log that reaches furthest.</returns>
    public static EventLog Compare(IReadOnlyList<Writer> writers, IReadOnlyList<Watcher> watchers)
    {
        var truth = watchers.MaxBy(w => w.Log.Revision)!.Log;
        foreach (var watcher in watchers)
            watcher.Log.Compare(truth, watcher.Target);
        var told = truth.Events.ToHashSet();
        foreach (var writer in writers)
            foreach (var write in writer.Acknowledged)
                if (!told.Contains(write))
                    throw new ViolationException(
                        $"'{write.Event}' was acknowledged at revision {write.Revision}, but no watcher was told of it");
        return truth;
    }
}
