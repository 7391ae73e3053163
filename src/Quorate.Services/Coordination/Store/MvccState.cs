using Quorate.Kernel.Encoding;
using Quorate.Kernel.Invariants;
using Quorate.Services.Coordination.Authentication;
using Quorate.Services.Coordination.Keys;
using Quorate.Services.Coordination.Values;

namespace Quorate.Services.Coordination.Store;

/// <summary>
/// The keys with their versions, the history and the leases. Writes of one transaction share a revision: they are done one by one and
/// become a revision with <see cref="Commit"/>.
/// </summary>
/// <remarks>Source: etcd v3.4, mvcc: the revisions begin at 1 in an empty store, and a transaction that changes nothing makes none.</remarks>
/// <param name="values">Where the values are.</param>
/// <param name="counters">Counts what is done.</param>
internal sealed class MvccState(ValueArena values, StoreCounters counters)
{
    // What a version and its place in the history cost beside its value: a figure for the status, not a promise.
    private const int VersionOverhead = 64;
    private int sub;
    private long overheadBytes;
    private long trimPlace;
    private bool trims;
    private ValueMover? mover;

    /// <summary>The keys.</summary>
    public KeyTree Keys { get; } = new();

    /// <summary>Where the values are.</summary>
    public ValueArena Values => values;

    /// <summary>Counts what is done.</summary>
    public StoreCounters Counters => counters;

    /// <summary>Every write since the compacted revision.</summary>
    public History History { get; } = new();

    /// <summary>The leases.</summary>
    public LeaseTable Leases { get; } = new();

    /// <summary>The alarms.</summary>
    public AlarmTable Alarms { get; } = new();

    /// <summary>Who may do what.</summary>
    public AuthState Auth { get; } = new();

    /// <summary>How many cuts read this state: as long as there are any, nothing is freed.</summary>
    public int Cuts { get; set; }

    /// <summary>The newest revision that is done.</summary>
    public long Revision { get; private set; } = 1;

    /// <summary>The oldest revision that can be read; -1 as long as nothing was compacted.</summary>
    public long CompactRevision { get; private set; } = -1;

    /// <summary>The revision that reads within the transaction see.</summary>
    public long View => sub > 0 ? Revision + 1 : Revision;

    /// <summary>About how many bytes are held.</summary>
    public long Bytes => values.LiveBytes + overheadBytes;

    /// <summary>About how many bytes are taken, with what compacted values left between others.</summary>
    public long HeldBytes => Math.Max(values.HeldBytes, values.LiveBytes) + overheadBytes;

    /// <summary>Whether versions wait to be freed.</summary>
    public bool HasGarbage => trims || mover is not null;

    /// <summary>Writes a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value; it is copied.</param>
    /// <param name="lease">The lease to hang it on, or 0; must be there.</param>
    public void Put(ReadOnlySpan<byte> key, ReadOnlyMemory<byte> value, long lease)
    {
        counters.Puts++;
        var node = Keys.GetOrAdd(key);
        var isNew = !node.Latest.IsLive;
        var old = node.Latest.Header;
        var main = Revision + 1;
        var oldLease = old.Lease;
        Record(node, Values.Write(main, sub, new VersionDetails(isNew ? main : old.Create, old.Number + 1, lease, value)));
        if (oldLease == lease)
            return;
        Detach(node, oldLease);
        Attach(node, lease);
    }

    /// <summary>Deletes the keys of a range.</summary>
    /// <param name="range">The range.</param>
    /// <param name="deleted">Told each key and its last version; null where nobody asks.</param>
    /// <returns>How many keys were deleted.</returns>
    public long DeleteRange(KeyRange range, List<KeyValue>? deleted)
    {
        counters.Deletes++;
        var doomed = new List<KeyNode>();
        var live = LiveCursor.At(this, range, View);
        while (live.Next())
        {
            doomed.Add(live.Node);
            deleted?.Add(live.Version.ToKeyValue(live.Node.Key));
        }

        foreach (var node in doomed)
            Delete(node);
        return doomed.Count;
    }

    /// <summary>Makes the writes since the last commit a revision.</summary>
    /// <returns>Whether there were any.</returns>
    public bool Commit()
    {
        if (sub == 0)
            return false;
        sub = 0;
        Revision++;
        return true;
    }

    /// <summary>Ends a lease and deletes its keys.</summary>
    /// <param name="lease">The lease.</param>
    public void Revoke(Lease lease)
    {
        foreach (var node in lease.KeysInOrder())
            Delete(node);
        Leases.Remove(lease.Id);
    }

    /// <summary>Makes a revision the oldest one that can be read. What only older reads saw is freed by <see cref="Trim"/>.</summary>
    /// <param name="revision">The revision.</param>
    public void Compact(long revision)
    {
        Invariant.Holds(revision > CompactRevision && revision <= Revision, "a compaction goes forward and not beyond the present");
        CompactRevision = revision;
        trimPlace = History.First;
        trims = true;
    }

    /// <summary>Frees some of what was compacted. Nothing that can be read changes.</summary>
    /// <param name="budget">How many writes to look at.</param>
    public void Trim(int budget)
    {
        while (trims && budget-- > 0)
            TrimOne();
        if (!trims && mover is not null && mover.Move(budget))
            mover = null;
    }

    /// <summary>Puts a version back that was read from a snapshot.</summary>
    /// <param name="node">Its key.</param>
    /// <param name="main">The revision of its transaction.</param>
    /// <param name="placeInTransaction">Its place in it.</param>
    /// <param name="details">The rest; null for a deletion.</param>
    public void Restore(KeyNode node, long main, int placeInTransaction, VersionDetails? details)
    {
        node.Append(details is { } live ? Values.Write(main, placeInTransaction, live) : KeyVersion.Deletion(main, placeInTransaction));
        overheadBytes += VersionOverhead + node.Key.Length;
    }

    /// <summary>Ends the reading of a snapshot.</summary>
    /// <param name="revision">The newest revision.</param>
    /// <param name="compactRevision">The oldest one that can be read.</param>
    /// <param name="history">The writes, in order.</param>
    public void FinishRestore(long revision, long compactRevision, List<Change> history)
    {
        (Revision, CompactRevision) = (revision, compactRevision);
        foreach (var change in history)
            History.Append(change);
        // Versions that the compacted revision still sees have no place in the history; a later compaction looks at their successors.
        var cursor = Keys.From([]);
        while (cursor.Next() is { } node)
        {
            var lease = node.Latest.Header.Lease;
            if (lease != 0 && !Leases.Contains(lease))
                throw new MalformedInputException("a key hangs on a lease that is not there");
            Attach(node, lease);
        }
    }

    private void TrimOne()
    {
        if (trimPlace == History.End || History[trimPlace].Main > CompactRevision)
        {
            trims = false;
            if (Values.IsSparse)
                mover ??= new ValueMover(Keys, Values);
            return;
        }

        var change = History[trimPlace];
        TrimNode(change.Node);
        if (change.Main < CompactRevision)
            History.DropFirst();
        trimPlace++;
    }

    private void TrimNode(KeyNode node)
    {
        var before = node.Count;
        if (before == 0)
            return;
        node.Trim(CompactRevision, Values);
        overheadBytes -= (VersionOverhead + node.Key.Length) * (before - node.Count);
        if (node.IsEmpty)
            Keys.Remove(node.Key);
    }

    private void Delete(KeyNode node)
    {
        var lease = node.Latest.Header.Lease;
        Record(node, KeyVersion.Deletion(Revision + 1, sub));
        Detach(node, lease);
    }

    private void Record(KeyNode node, in KeyVersion version)
    {
        node.Append(version);
        History.Append(new Change(version.Main, version.Sub, node));
        overheadBytes += VersionOverhead + node.Key.Length;
        sub++;
    }

    private void Attach(KeyNode node, long lease)
    {
        if (lease == 0)
            return;
        Invariant.Holds(Leases.TryFind(lease, out var found), "a key hangs only on a lease that is there");
        found.Attach(node);
    }

    private void Detach(KeyNode node, long lease)
    {
        if (lease != 0 && Leases.TryFind(lease, out var found))
            found.Detach(node);
    }
}
