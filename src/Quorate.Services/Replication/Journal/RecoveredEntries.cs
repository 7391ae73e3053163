using Quorate.Protocols.Raft;

namespace Quorate.Services.Replication.Journal;

/// <summary>
/// A group's entries while the records of the log are taken one by one. The front of the log is cut off where it is not needed any more, so
/// that there may be gaps on the way: what fills them, or the base that lies behind them, comes later.
/// </summary>
/// <remarks>An entry costs constant time where it follows the one before; there are a few runs at most.</remarks>
internal sealed class RecoveredEntries
{
    // Ascending, none of them empty, and a gap between each two.
    private readonly List<List<Entry>> runs = [];

    /// <summary>All entries, where there is no gap between them.</summary>
    public IReadOnlyList<Entry> Whole => runs.Count == 0 ? [] : runs[0];

    /// <summary>The first gap: the index before it and the one behind it; null when the entries go on from the base one by one.</summary>
    public (long Before, long After)? GapBehind(long baseIndex)
    {
        if (runs.Count > 0 && runs[0][0].Index != baseIndex + 1)
            return (baseIndex, runs[0][0].Index);
        return runs.Count > 1 ? (runs[0][^1].Index, runs[1][0].Index) : null;
    }

    /// <summary>Takes an entry that was written here, and replaces all from its index on.</summary>
    public void Write(in Entry entry)
    {
        CutFrom(entry.Index);
        if (runs.Count == 0 || runs[^1][^1].Index + 1 != entry.Index)
            runs.Add([]);
        runs[^1].Add(entry);
    }

    /// <summary>Takes an entry that only repeats what was written before, and says nothing of those behind it unless it is another.</summary>
    public void Repeat(in Entry entry)
    {
        var at = RunAtOrBehind(entry.Index);
        if (at == runs.Count)
            Write(entry);
        else if (runs[at][0].Index > entry.Index)
            FillBefore(at, entry);
        else if (At(runs[at], entry.Index).Term != entry.Term)
            Write(entry);
    }

    /// <summary>Lets go what a snapshot covers, and all where it covers another log than this one.</summary>
    public void DropThrough(long index, long term)
    {
        var at = RunAtOrBehind(index);
        runs.RemoveRange(0, at);
        if (runs.Count == 0)
            return;
        var run = runs[0];
        if (run[0].Index > index)
        {
            // Terms never fall: entries of an earlier one do not go on from here.
            if (run[0].Term < term)
                runs.Clear();
            return;
        }

        if (At(run, index).Term != term)
            runs.Clear();
        else
            Shorten(run, (int)(index - run[0].Index + 1));
    }

    private static Entry At(List<Entry> run, long index) => run[(int)(index - run[0].Index)];

    private void Shorten(List<Entry> run, int count)
    {
        run.RemoveRange(0, count);
        if (run.Count == 0)
            runs.RemoveAt(0);
    }

    private void FillBefore(int at, in Entry entry)
    {
        if (at > 0 && runs[at - 1][^1].Index + 1 == entry.Index)
            runs[at - 1].Add(entry);
        else
            runs.Insert(at++, [entry]);
        if (at == runs.Count || entry.Index + 1 != runs[at][0].Index)
            return;
        runs[at - 1].AddRange(runs[at]);
        runs.RemoveAt(at);
    }

    private void CutFrom(long index)
    {
        while (runs.Count > 0 && runs[^1][0].Index >= index)
            runs.RemoveAt(runs.Count - 1);
        if (runs.Count > 0 && runs[^1][^1].Index >= index)
            runs[^1].RemoveRange((int)(index - runs[^1][0].Index), (int)(runs[^1][^1].Index - index + 1));
    }

    /// <summary>The run that holds the index, else the next one behind it.</summary>
    private int RunAtOrBehind(long index)
    {
        var at = runs.Count;
        while (at > 0 && runs[at - 1][^1].Index >= index)
            at--;
        return at;
    }
}
