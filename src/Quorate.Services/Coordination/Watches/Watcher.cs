using Quorate.Services.Coordination.Keys;

namespace Quorate.Services.Coordination.Watches;

/// <summary>One watch of a stream.</summary>
/// <param name="stream">The stream.</param>
/// <param name="id">Its id in the stream.</param>
/// <param name="range">The keys that it watches.</param>
/// <param name="request">What the client asked for.</param>
internal sealed class Watcher(WatchStream stream, long id, KeyRange range, WatchCreateRequest request)
{
    /// <summary>The stream.</summary>
    public WatchStream Stream { get; } = stream;

    /// <summary>Its id in the stream.</summary>
    public long Id { get; } = id;

    /// <summary>The keys that it watches.</summary>
    public KeyRange Range { get; } = range;

    /// <summary>The bytes of its keys.</summary>
    public int KeyBytes => Range.Start.Length + (Range.IsOne ? 0 : Range.End.Length);

    /// <summary>The first revision that it was not told about.</summary>
    public long NextRevision { get; set; }

    /// <summary>Whether it is told of each revision as it comes; else it reads the history.</summary>
    public bool IsSynced { get; set; }

    /// <summary>Whether the next progress notice is due; an event in between makes it unnecessary.</summary>
    public bool ProgressIsDue { get; set; } = true;

    /// <summary>Whether it wants progress notices.</summary>
    public bool WantsProgress => request.ProgressNotify;

    /// <summary>Whether it wants previous versions.</summary>
    public bool WantsPrevious => request.PreviousKeyValue;

    /// <summary>Whether long messages are to be cut into pieces.</summary>
    public bool WantsFragments => request.Fragment;

    /// <summary>The group in the index that holds it, and its place there.</summary>
    public WatcherGroup? Group { get; set; }

    /// <summary>Its place in its group.</summary>
    public int GroupPlace { get; set; }

    /// <summary>The events of the revision that is being told; null while there are none, as most watches are quiet.</summary>
    public List<WatchEvent>? Batch { get; set; }

    /// <summary>Whether an event of a key in its range is for it.</summary>
    /// <param name="change">The change.</param>
    /// <param name="isDelete">Whether it is a deletion.</param>
    public bool Wants(in Change change, bool isDelete) =>
        change.Main >= NextRevision && !(isDelete ? request.NoDelete : request.NoPut);
}

/// <summary>The watches of one key or one range.</summary>
internal sealed class WatcherGroup
{
    private readonly List<Watcher> watchers = [];

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => watchers.Count == 0;

    /// <summary>The watches.</summary>
    public IReadOnlyList<Watcher> Watchers => watchers;

    /// <summary>Adds a watch.</summary>
    /// <param name="watcher">The watch.</param>
    public void Add(Watcher watcher)
    {
        (watcher.Group, watcher.GroupPlace) = (this, watchers.Count);
        watchers.Add(watcher);
    }

    /// <summary>Removes a watch; the last one takes its place.</summary>
    /// <param name="watcher">The watch.</param>
    public void Remove(Watcher watcher)
    {
        var last = watchers[^1];
        watchers[watcher.GroupPlace] = last;
        last.GroupPlace = watcher.GroupPlace;
        watchers.RemoveAt(watchers.Count - 1);
        watcher.Group = null;
    }
}
