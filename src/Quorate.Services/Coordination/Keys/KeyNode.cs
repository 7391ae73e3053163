using Quorate.Services.Coordination.Values;

namespace Quorate.Services.Coordination.Keys;

/// <summary>
/// A key with all versions of it that are kept, in order of revision. The newest sits in the node itself, because most keys have only
/// one; the older ones are cut off at their front as history is compacted.
/// </summary>
/// <param name="key">The key's bytes; never changed.</param>
internal sealed class KeyNode(byte[] key)
{
    private KeyVersion latest;
    private VersionRuns? older;

    /// <summary>The key's bytes.</summary>
    public byte[] Key { get; } = key;

    /// <summary>The newest version; its main revision is 0 when there is none.</summary>
    public ref readonly KeyVersion Latest => ref latest;

    /// <summary>Whether no version is left.</summary>
    public bool IsEmpty => latest.Main == 0;

    /// <summary>How many versions are kept.</summary>
    public int Count => IsEmpty ? 0 : OlderCount + 1;

    private int OlderCount => older?.Count ?? 0;

    /// <summary>A version by its place, the oldest first.</summary>
    /// <param name="place">From 0 to <see cref="Count"/>, exclusive.</param>
    public ref readonly KeyVersion this[int place]
    {
        get
        {
            if (place == OlderCount)
                return ref latest;
            return ref older![place];
        }
    }

    /// <summary>Adds a version behind all others.</summary>
    /// <param name="version">The version.</param>
    public void Append(in KeyVersion version)
    {
        if (!IsEmpty)
            (older ??= new VersionRuns()).Add(latest);
        latest = version;
    }

    /// <summary>The place of the last version that is not newer than a revision, or -1.</summary>
    /// <param name="revision">The revision.</param>
    public int PlaceAt(long revision)
    {
        if (IsEmpty)
            return -1;
        if (latest.Main <= revision)
            return OlderCount;
        return PlaceAmongOlder(revision, int.MaxValue);
    }

    /// <summary>The version in force at a revision.</summary>
    /// <param name="revision">The revision.</param>
    /// <param name="version">The version, where the key was there.</param>
    /// <returns>Whether the key was there.</returns>
    public bool TryAt(long revision, out KeyVersion version)
    {
        var place = PlaceAt(revision);
        version = place < 0 ? default : this[place];
        return version.IsLive;
    }

    /// <summary>The version that a certain write made.</summary>
    /// <param name="main">The revision of its transaction.</param>
    /// <param name="sub">Its place in the transaction.</param>
    public ref readonly KeyVersion Written(long main, int sub)
    {
        if (latest.Main == main && latest.Sub == sub)
            return ref latest;
        return ref older![PlaceAmongOlder(main, sub)];
    }

    /// <summary>
    /// Forgets the versions that no read at <paramref name="revision"/> or later can see. A deletion at that very revision stays,
    /// because a watch may start there.
    /// </summary>
    /// <param name="revision">The compacted revision.</param>
    /// <param name="values">Where the values are.</param>
    public void Trim(long revision, ValueArena values)
    {
        var keep = PlaceAt(revision);
        if (keep < 0)
            return;
        if (!this[keep].IsLive && this[keep].Main < revision)
            keep++;
        for (var place = 0; place < keep; place++)
            values.Free(this[place]);
        Drop(keep);
    }

    /// <summary>Puts a version that was moved in its place.</summary>
    /// <param name="place">Its place.</param>
    /// <param name="moved">The same version, written elsewhere.</param>
    public void Replace(int place, in KeyVersion moved)
    {
        if (place == OlderCount)
            latest = moved;
        else
            older![place] = moved;
    }

    private void Drop(int count)
    {
        if (count > OlderCount)
            (latest, older) = (default, null);
        else if (count == OlderCount)
            older = null;
        else
            older!.Forget(count);
    }

    private int PlaceAmongOlder(long main, int sub)
    {
        int low = 0, high = OlderCount;
        while (low < high)
        {
            var middle = (low + high) >> 1;
            ref readonly var version = ref older![middle];
            if (version.Main < main || (version.Main == main && version.Sub <= sub))
                low = middle + 1;
            else
                high = middle;
        }

        return low - 1;
    }
}
