using Quorate.Kernel.Identity;
using Quorate.Protocols.Raft;
using Quorate.Services.Replication.Journal;

namespace Quorate.Tests.Services.Replication;

/// <summary>
/// A group's records over a random life: entries that are appended and replaced from some index on, bases that follow slowly, copies, and
/// a front that is cut off as soon as the newest base allows it.
/// </summary>
internal sealed class JournalLife(Random random)
{
    private static readonly Configuration Three = new([new NodeId(1), new NodeId(2), new NodeId(3)]);
    private readonly List<(JournalRecord Record, long Last)> records = [(new JournalRecord.Begin(default, 0, 0, Three), 0)];
    private readonly List<(long Index, long Term)> all = [];
    private long term = 1;
    private long committed;

    // What stands before the last whole copy is needed no more.
    private int copied;

    /// <summary>The records that are left.</summary>
    public IEnumerable<JournalRecord> Records => records.Select(r => r.Record);

    /// <summary>Where the entries begin.</summary>
    public long Base { get; private set; }

    /// <summary>The entries behind the base.</summary>
    public IEnumerable<(long Index, long Term)> Entries => all.Where(e => e.Index > Base);

    public void Step()
    {
        switch (random.Next(10))
        {
            case < 5:
                Write(all.Count + 1);
                break;
            case 5:
                term++;
                Write(random.NextInt64(committed, all.Count + 1) + 1);
                break;
            case 6:
                committed = random.NextInt64(committed, all.Count + 1);
                break;
            case 7:
                AppendBase(random.NextInt64(Base, committed + 1));
                break;
            case 8:
                CopyForward();
                break;
            default:
                CutFront();
                break;
        }
    }

    private void Write(long from)
    {
        all.RemoveRange((int)from - 1, all.Count - (int)from + 1);
        var count = random.Next(1, 5);
        for (var i = 0; i < count; i++)
            all.Add((all.Count + 1, term));
        Append(all[((int)from - 1)..], isCopy: false);
    }

    private void AppendBase(long index)
    {
        Base = index;
        records.Add((new JournalRecord.Begin(default, index, index == 0 ? 0 : all[(int)index - 1].Term, Three), 0));
    }

    // A crash may come between the copies: then only some of them are there, and the older records are still needed.
    private void CopyForward()
    {
        AppendBase(Base);
        var begin = records.Count - 1;
        var entries = Entries.ToList();
        var count = random.Next(2) == 0 ? entries.Count : random.Next(entries.Count + 1);
        var cut = random.Next(count + 1);
        Append(entries[..cut], isCopy: true);
        Append(entries[cut..count], isCopy: true);
        if (count == entries.Count)
            copied = begin;
    }

    // The log goes segment by segment, so that some of what is not needed any more may stay.
    private void CutFront()
    {
        var newestBase = records.FindLastIndex(r => r.Record is JournalRecord.Begin);
        var oldest = records.FindIndex(copied, r => r.Last > Base);
        var needed = oldest < 0 ? newestBase : Math.Min(newestBase, oldest);
        var cut = random.Next(needed + 1);
        records.RemoveRange(0, cut);
        copied = Math.Max(0, copied - cut);
    }

    private void Append(List<(long Index, long Term)> entries, bool isCopy)
    {
        if (entries.Count == 0)
            return;
        var items = entries.Select(e => new Entry(e.Term, e.Index, EntryKind.Command, default)).ToArray();
        records.Add((new JournalRecord.Entries(items, isCopy), entries[^1].Index));
    }
}
