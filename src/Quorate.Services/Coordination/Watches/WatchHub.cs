using Quorate.Kernel.Strands;
using Quorate.Services.Coordination.Keys;
using Quorate.Services.Coordination.Store;

namespace Quorate.Services.Coordination.Watches;

/// <summary>
/// Tells watches what is written. A watch that keeps up is told of the revisions right after they were applied; one that does not, or that begins
/// in the past, reads the history in turns until it has caught up. So what is held for a slow reader is bounded.
/// </summary>
/// <remarks>Source: etcd v3.4, mvcc/watchable_store.go: synced and unsynced watchers. On one strand, but for the face of the streams.</remarks>
internal sealed class WatchHub
{
    private readonly CoordinationStore store;
    private readonly Strand strand;
    private readonly WatchLimits limits;
    private readonly Func<ResponseHeader> header;
    private readonly WatchUse use;
    private readonly WatcherIndex index = new();
    private readonly List<WatchStream> streams = [];

    // Streams that are owed a progress message and have a watch that begins later than the present.
    private readonly List<WatchStream> early = [];
    private readonly CatchUp catchUp;
    private readonly Notifier notifier;

    /// <summary>Creates the hub.</summary>
    /// <param name="store">The store.</param>
    /// <param name="strand">The store's strand.</param>
    /// <param name="limits">The bounds.</param>
    /// <param name="header">Gives the header of the present.</param>
    public WatchHub(CoordinationStore store, Strand strand, WatchLimits limits, Func<ResponseHeader> header)
    {
        (this.store, this.strand, this.limits, this.header) = (store, strand, limits, header);
        use = new WatchUse(limits);
        catchUp = new CatchUp(store, limits);
        notifier = new Notifier(store, strand, limits, index, header, Lag);
    }

    /// <summary>How many streams are open.</summary>
    public int StreamCount => streams.Count;

    /// <summary>How many watches there are.</summary>
    public int WatcherCount => use.Count;

    /// <summary>Opens a stream. From any thread.</summary>
    /// <param name="judge">Says what may be watched; null for everything.</param>
    public WatchStream Open(IWatchJudge? judge = null)
    {
        var stream = new WatchStream(this, strand, limits, use, judge);
        strand.Post(() => streams.Add(stream));
        return stream;
    }

    /// <summary>Starts a watch.</summary>
    /// <param name="stream">Its stream.</param>
    /// <param name="request">What to watch.</param>
    public void Create(WatchStream stream, WatchCreateRequest request)
    {
        if (stream.IsClosed)
            return;
        notifier.Settle();
        ReadOnlyMemory<byte> key = request.Key.IsEmpty ? new byte[1] : request.Key.ToArray();
        var range = KeyRange.Of(key, request.RangeEnd.ToArray());
        if (Refusal(stream, request, range) is { } reason)
        {
            stream.Send(new WatchMessage(WatchMessageKind.Created, header(), -1, [], CancelReason: reason, Canceled: true));
            return;
        }

        var watcher = new Watcher(stream, ChooseId(stream, request.WatchId), range, request);
        stream.Watchers.Add(watcher.Id, watcher);
        use.Add(watcher);
        stream.Send(new WatchMessage(WatchMessageKind.Created, header(), watcher.Id, []));
        watcher.NextRevision = request.StartRevision == 0 ? store.Revision + 1 : request.StartRevision;
        if (watcher.NextRevision > store.Revision)
            Join(watcher);
        else
            Lag(watcher);
    }

    /// <summary>Ends a watch; nothing happens where it is not there.</summary>
    /// <param name="stream">Its stream.</param>
    /// <param name="watchId">Its id.</param>
    /// <param name="reason">Why; null where its owner asked for it.</param>
    public void Cancel(WatchStream stream, long watchId, string? reason = null)
    {
        notifier.Settle();
        if (!stream.Watchers.Remove(watchId, out var watcher))
            return;
        index.Remove(watcher);
        use.Remove(watcher);
        stream.Send(new WatchMessage(WatchMessageKind.Canceled, header(), watchId, [], CancelReason: reason, Canceled: true));
        PostTurn(stream);
    }

    /// <summary>Who opened streams must be found out anew.</summary>
    /// <param name="user">Those of this user; null for all.</param>
    public void Forget(string? user)
    {
        foreach (var stream in streams)
            stream.Judge?.Forget(user);
    }

    /// <summary>Ends the watches whose owners may not read their range any more, before they are told of another event.</summary>
    public void Judge()
    {
        notifier.Settle();
        foreach (var stream in streams.Where(stream => stream.Judge is not null))
        {
            foreach (var watcher in stream.Watchers.Values.OrderBy(w => w.Id).ToArray())
            {
                if (stream.Judge!.RefusalOfOpen(watcher.Range.Start, RangeEndOf(watcher.Range)) is { } reason)
                    Cancel(stream, watcher.Id, reason);
            }
        }
    }

    /// <summary>Sends a progress message once every watch of the stream is up to date.</summary>
    /// <param name="stream">The stream.</param>
    public void RequestProgress(WatchStream stream)
    {
        stream.OwesProgress = true;
        PayProgress(stream);
    }

    /// <summary>Ends a stream.</summary>
    /// <param name="stream">The stream.</param>
    public void Close(WatchStream stream)
    {
        if (stream.IsClosed)
            return;
        notifier.Settle();
        stream.MarkClosed();
        foreach (var watcher in stream.Watchers.Values)
        {
            index.Remove(watcher);
            use.Remove(watcher);
        }

        stream.Watchers.Clear();
        stream.Lagging.Clear();
        streams.Remove(stream);
        early.Remove(stream);
    }

    /// <summary>Ends all streams.</summary>
    public void CloseAll()
    {
        while (streams.Count > 0)
            Close(streams[^1]);
    }

    /// <summary>Takes what is to be told to the watches that keep up, soon: what is applied in one go is told in one message.</summary>
    /// <param name="from">The place of the revision's first write in the history.</param>
    /// <param name="to">The place behind its last.</param>
    public void Committed(long from, long to)
    {
        notifier.Committed(from, to);
        if (early.Count > 0)
            PayEarly();
    }

    /// <summary>The whole state was replaced: what the watches missed is read from the new history.</summary>
    public void Restored()
    {
        notifier.Drop();
        foreach (var stream in streams)
        {
            foreach (var watcher in stream.Watchers.Values.Where(w => w.IsSynced).OrderBy(w => w.Id))
            {
                watcher.NextRevision = Math.Max(watcher.NextRevision, notifier.Told + 1);
                Lag(watcher);
            }
        }

        notifier.Restored();
    }

    /// <summary>Sends progress messages to the watches that want them, keep up, and had no event since the last time.</summary>
    public void NotifyProgress()
    {
        notifier.Settle();
        foreach (var stream in streams)
        {
            foreach (var watcher in stream.Watchers.Values.Where(w => w.WantsProgress).OrderBy(w => w.Id))
            {
                if (watcher.ProgressIsDue && watcher.IsSynced && !IsEarly(watcher) && !stream.IsFull)
                    stream.Send(new WatchMessage(WatchMessageKind.Progress, header(), watcher.Id, []));
                watcher.ProgressIsDue = true;
            }
        }
    }

    /// <summary>Has the stream's slow watches read on, soon.</summary>
    /// <param name="stream">The stream.</param>
    public void PostTurn(WatchStream stream)
    {
        if (stream.IsClosed || stream.TurnIsPosted || (stream.Lagging.Count == 0 && !stream.OwesProgress))
            return;
        stream.TurnIsPosted = true;
        strand.Post(() => Turn(stream));
    }

    private static long ChooseId(WatchStream stream, long wanted)
    {
        if (wanted != 0)
            return wanted;
        while (stream.Watchers.ContainsKey(stream.NextId))
            stream.NextId++;
        return stream.NextId++;
    }

    private string? Refusal(WatchStream stream, WatchCreateRequest request, KeyRange range)
    {
        if (stream.Judge?.RefusalOfNew(range.Start, RangeEndOf(range)) is { } denial)
            return denial;
        if (range.IsEmpty)
            return "mvcc: watcher range is empty";
        if (request.WatchId != 0 && stream.Watchers.ContainsKey(request.WatchId))
            return "mvcc: duplicate watch ID provided on the WatchStream";
        return stream.Watchers.Count >= limits.WatchesMax || !use.HasRoomFor(request)
            ? CoordinationErrors.TextOf(CoordinationError.TooManyRequests) : null;
    }

    private static ReadOnlyMemory<byte> RangeEndOf(KeyRange range) => range.IsOne ? default : range.IsOpen ? new byte[1] : range.End;

    private void Join(Watcher watcher)
    {
        watcher.IsSynced = true;
        index.Add(watcher);
    }

    private void Lag(Watcher watcher)
    {
        index.Remove(watcher);
        watcher.IsSynced = false;
        watcher.Stream.Lagging.Enqueue(watcher);
        PostTurn(watcher.Stream);
    }

    private void Turn(WatchStream stream)
    {
        stream.TurnIsPosted = false;
        if (stream.IsClosed)
            return;
        if (stream.IsFull)
        {
            stream.WaitForRoom();
            return;
        }

        if (stream.Lagging.TryDequeue(out var watcher) && IsThere(watcher))
            Advance(watcher);
        PayProgress(stream);
        // What is owed still, though nothing is left to read, waits for a revision.
        if (stream.Lagging.Count > 0)
            PostTurn(stream);
    }

    private void Advance(Watcher watcher)
    {
        switch (catchUp.Read(watcher, header()))
        {
            case CatchUpResult.Compacted:
                watcher.Stream.Watchers.Remove(watcher.Id);
                use.Remove(watcher);
                watcher.Stream.Send(new WatchMessage(
                    WatchMessageKind.Canceled, header(), watcher.Id, [], Math.Max(store.CompactRevision, 1), Canceled: true));
                break;
            case CatchUpResult.UpToDate:
                Join(watcher);
                break;
            default:
                watcher.Stream.Lagging.Enqueue(watcher);
                break;
        }
    }

    private void PayProgress(WatchStream stream)
    {
        notifier.Settle();
        if (!stream.OwesProgress || stream.IsClosed || stream.Lagging.Any(IsThere))
            return;
        if (stream.Watchers.Values.Where(IsEarly).Select(w => w.NextRevision).DefaultIfEmpty().Max() is var begin and > 0)
        {
            stream.ProgressAt = begin - 1;
            if (!early.Contains(stream))
                early.Add(stream);
            return;
        }

        stream.OwesProgress = false;
        stream.Send(new WatchMessage(WatchMessageKind.Progress, header(), -1, []));
    }

    private void PayEarly()
    {
        for (var i = early.Count - 1; i >= 0; i--)
        {
            var stream = early[i];
            if (store.Revision < stream.ProgressAt)
                continue;
            early.RemoveAt(i);
            PayProgress(stream);
        }
    }

    // A watch that begins later than what comes next knows nothing of the revisions before its beginning: it is not told that it does.
    private bool IsEarly(Watcher watcher) => watcher.NextRevision > store.Revision + 1;

    private static bool IsThere(Watcher watcher) =>
        watcher.Stream.Watchers.TryGetValue(watcher.Id, out var known) && ReferenceEquals(known, watcher);
}
