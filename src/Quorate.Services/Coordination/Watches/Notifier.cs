using Quorate.Kernel.Strands;
using Quorate.Services.Coordination.Store;

namespace Quorate.Services.Coordination.Watches;

/// <summary>
/// Tells the watches that keep up. Events are taken as their revisions commit, and told once the strand is done with what it applies: a watch
/// gets one message for all of it, as one that catches up does. A message holds whole revisions.
/// </summary>
/// <remarks>Source: etcd v3.4, mvcc/watchable_store.go: notify for a revision, syncWatchers for many in a message.</remarks>
internal sealed class Notifier
{
    private const int SpareMax = 1024;
    private readonly CoordinationStore store;
    private readonly Strand strand;
    private readonly WatchLimits limits;
    private readonly WatcherIndex index;
    private readonly EventReader events;
    private readonly Func<ResponseHeader> header;
    private readonly Action<Watcher> lag;
    private readonly Action settle;
    private readonly List<WatcherGroup> found = [];
    private readonly List<Watcher> touched = [];
    private readonly List<WatchStream> collecting = [];

    // Lists of events that no watch needs now.
    private readonly Stack<List<WatchEvent>> spare = [];
    private bool isPosted;

    // What waits: bytes of different events, and how often an event is to be told.
    private long bytes;
    private int tellings;

    /// <summary>Creates the notifier.</summary>
    /// <param name="store">The store.</param>
    /// <param name="strand">The store's strand.</param>
    /// <param name="limits">The bounds.</param>
    /// <param name="index">The watches that keep up.</param>
    /// <param name="header">Gives the header of the present.</param>
    /// <param name="lag">Has a watch read the history, as its stream is full.</param>
    public Notifier(
        CoordinationStore store, Strand strand, WatchLimits limits, WatcherIndex index, Func<ResponseHeader> header, Action<Watcher> lag)
    {
        (this.store, this.strand, this.limits, this.index, this.header, this.lag) = (store, strand, limits, index, header, lag);
        events = new EventReader(store);
        settle = () =>
        {
            isPosted = false;
            Settle();
        };
        Told = store.Revision;
    }

    /// <summary>The newest revision that the watches which keep up were told of.</summary>
    public long Told { get; private set; }

    /// <summary>Takes the events of a revision.</summary>
    /// <param name="from">The place of its first write in the history.</param>
    /// <param name="to">The place behind its last.</param>
    public void Committed(long from, long to)
    {
        for (var place = from; place < to && !index.IsEmpty; place++)
            Collect(place);
        if (touched.Count == 0)
            Told = store.Revision;
        else if (bytes >= limits.TogetherBytes || tellings >= limits.TellingsMax)
            Settle();
        else if (!isPosted)
            Post();
    }

    /// <summary>Tells what waits: before anything else is said to a stream.</summary>
    public void Settle()
    {
        if (touched.Count == 0)
            return;
        if (spare.Count > SpareMax)
            spare.Clear();
        var present = header();
        foreach (var watcher in touched)
            Tell(watcher, present);
        foreach (var stream in collecting)
            stream.SendCollected();
        Clear();
        Told = store.Revision;
    }

    /// <summary>Forgets what waits: the state that it is of was replaced.</summary>
    public void Drop()
    {
        foreach (var watcher in touched)
            Spare(watcher);
        Clear();
    }

    /// <summary>No watch keeps up any more with what was: the present is where they begin.</summary>
    public void Restored() => Told = store.Revision;

    private void Post()
    {
        isPosted = true;
        strand.Post(settle);
    }

    private void Collect(long place)
    {
        ref readonly var change = ref store.State.History[place];
        index.Find(change.Node.Key, found);
        var isDelete = found.Count > 0 && !change.Node.Written(change.Main, change.Sub).IsLive;
        WatchEvent? made = null;
        foreach (var group in found)
        {
            foreach (var watcher in group.Watchers)
            {
                if (!watcher.Wants(change, isDelete))
                    continue;
                if (watcher.Batch is not { } batch)
                {
                    watcher.Batch = batch = spare.TryPop(out var kept) ? kept : [];
                    touched.Add(watcher);
                }

                batch.Add(made = events.Read(place, watcher.WantsPrevious));
                tellings++;
            }
        }

        if (made is not null)
            bytes += WatchMessages.BytesOf(made, limits);
        found.Clear();
    }

    private void Tell(Watcher watcher, ResponseHeader present)
    {
        if (watcher.Stream.IsFull)
        {
            watcher.NextRevision = watcher.Batch![0].KeyValue.ModRevision;
            lag(watcher);
        }
        else
        {
            if (!watcher.Stream.HasCollected)
                collecting.Add(watcher.Stream);
            WatchMessages.Collect(watcher, events.Shared(watcher.Batch!), present, limits);
            watcher.NextRevision = present.Revision + 1;
        }

        Spare(watcher);
    }

    private void Spare(Watcher watcher)
    {
        watcher.Batch!.Clear();
        spare.Push(watcher.Batch);
        watcher.Batch = null;
    }

    private void Clear()
    {
        collecting.Clear();
        touched.Clear();
        events.Forget();
        (bytes, tellings) = (0, 0);
    }
}
