using Quorate.Services.Coordination.Keys;

namespace Quorate.Services.Coordination.Watches;

/// <summary>Which watches a key concerns: those of the key itself from a table, those of ranges from a tree.</summary>
internal sealed class WatcherIndex
{
    private readonly Dictionary<byte[], WatcherGroup> byKey = new(new ByteStringComparer());
    private readonly RangeTreap<WatcherGroup> byRange = new();
    private int count;

    /// <summary>Whether there are no watches.</summary>
    public bool IsEmpty => count == 0;

    /// <summary>Adds a watch.</summary>
    /// <param name="watcher">The watch.</param>
    public void Add(Watcher watcher)
    {
        count++;
        if (!watcher.Range.IsOne)
        {
            byRange.GetOrAdd(watcher.Range).Add(watcher);
            return;
        }

        var key = watcher.Range.Start.ToArray();
        if (!byKey.TryGetValue(key, out var group))
            byKey.Add(key, group = new WatcherGroup());
        group.Add(watcher);
    }

    /// <summary>Removes a watch; nothing happens where it is not there.</summary>
    /// <param name="watcher">The watch.</param>
    public void Remove(Watcher watcher)
    {
        if (watcher.Group is not { } group)
            return;
        count--;
        group.Remove(watcher);
        if (!group.IsEmpty)
            return;
        if (watcher.Range.IsOne)
            byKey.Remove(watcher.Range.Start.ToArray());
        else
            byRange.Remove(watcher.Range);
    }

    /// <summary>Finds the groups that a key concerns.</summary>
    /// <param name="key">The key.</param>
    /// <param name="found">Where they are put.</param>
    public void Find(byte[] key, List<WatcherGroup> found)
    {
        if (byKey.TryGetValue(key, out var group))
            found.Add(group);
        byRange.Find(key, found);
    }
}
