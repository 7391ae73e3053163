using Quorate.Services.Coordination.Store;

namespace Quorate.Services.Coordination.Watches;

/// <summary>How far a watch came.</summary>
internal enum CatchUpResult
{
    /// <summary>There is more to read.</summary>
    More,

    /// <summary>It has seen everything.</summary>
    UpToDate,

    /// <summary>What it wants next was compacted away.</summary>
    Compacted,
}

/// <summary>Reads the history for watches that are behind.</summary>
/// <param name="store">The store.</param>
/// <param name="limits">The bounds.</param>
internal sealed class CatchUp(CoordinationStore store, WatchLimits limits)
{
    private readonly EventReader events = new(store);
    private readonly List<WatchEvent> batch = [];

    /// <summary>Reads on for a watch and sends what it finds: whole revisions, one message at most.</summary>
    /// <param name="watcher">The watch.</param>
    /// <param name="header">The header of the present.</param>
    public CatchUpResult Read(Watcher watcher, ResponseHeader header)
    {
        if (watcher.NextRevision < store.CompactRevision)
            return CatchUpResult.Compacted;
        var history = store.State.History;
        var place = history.PlaceOf(watcher.NextRevision);
        var budget = limits.ScanMax;
        long bytes = 0;
        var revision = watcher.NextRevision - 1;
        for (; place < history.End; place++)
        {
            ref readonly var change = ref history[place];
            if (change.Main != revision && (budget <= 0 || bytes >= limits.MessageBytes))
                break;
            revision = change.Main;
            budget--;
            if (watcher.Range.Contains(change.Node.Key))
                bytes += Take(watcher, place);
        }

        events.Forget();
        watcher.NextRevision = place < history.End ? history[place].Main : Math.Max(watcher.NextRevision, store.Revision + 1);
        if (batch.Count > 0)
            WatchMessages.Collect(watcher, batch.ToArray(), header, limits);
        watcher.Stream.SendCollected();
        batch.Clear();
        return place < history.End ? CatchUpResult.More : CatchUpResult.UpToDate;
    }

    private long Take(Watcher watcher, long place)
    {
        var change = store.State.History[place];
        if (!watcher.Wants(change, !change.Node.Written(change.Main, change.Sub).IsLive))
            return 0;
        var made = events.Read(place, watcher.WantsPrevious);
        batch.Add(made);
        return WatchMessages.BytesOf(made, limits);
    }
}
