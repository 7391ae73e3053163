namespace Quorate.Services.Coordination.Watches;

/// <summary>Makes messages of events, in pieces where the watch wants that.</summary>
/// <remarks>Source: etcd v3.4, etcdserver/api/v3rpc/watch.go, sendFragments.</remarks>
internal static class WatchMessages
{
    /// <summary>About how many bytes an event has.</summary>
    /// <param name="watchEvent">The event.</param>
    /// <param name="limits">The bounds.</param>
    public static long BytesOf(WatchEvent watchEvent, WatchLimits limits)
    {
        long bytes = limits.EventOverhead + watchEvent.KeyValue.Key.Length + watchEvent.KeyValue.Value.Length;
        if (watchEvent.PreviousKeyValue is { } previous)
            bytes += limits.EventOverhead + previous.Key.Length + previous.Value.Length;
        return bytes;
    }

    /// <summary>Collects events of one watch in its stream, which is still to send what it collected.</summary>
    /// <param name="watcher">The watch.</param>
    /// <param name="events">The events.</param>
    /// <param name="header">The header.</param>
    /// <param name="limits">The bounds.</param>
    public static void Collect(Watcher watcher, WatchEvent[] events, ResponseHeader header, WatchLimits limits)
    {
        watcher.ProgressIsDue = false;
        var start = 0;
        long bytes = 0;
        for (var i = 0; i < events.Length; i++)
        {
            var size = BytesOf(events[i], limits);
            if (watcher.WantsFragments && i > start && bytes + size >= limits.FragmentBytes)
            {
                Collect(watcher, events[start..i], header, bytes, isFragment: true);
                (start, bytes) = (i, 0);
            }

            bytes += size;
        }

        Collect(watcher, start == 0 ? events : events[start..], header, bytes, isFragment: false);
    }

    private static void Collect(Watcher watcher, WatchEvent[] events, ResponseHeader header, long bytes, bool isFragment) =>
        watcher.Stream.Collect(new WatchMessage(WatchMessageKind.Events, header, watcher.Id, events, Fragment: isFragment), bytes);
}
