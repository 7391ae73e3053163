using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Protocols.Raft;

namespace Quorate.Services.Replication.Journal;

/// <summary>
/// A group's durable state, as the records of the log build it up one by one. The front of the log may be cut off in the middle of a
/// group's old entries: what stands before the first base record is kept only as far as it hangs together with what follows.
/// </summary>
internal sealed class RecoveredGroup
{
    private readonly List<Entry> entries = [];

    public HardState HardState { get; private set; }

    /// <summary>Whether the log says where the group's entries begin.</summary>
    public bool HasBase { get; private set; }

    public long BaseIndex { get; private set; }

    public long BaseTerm { get; private set; }

    public Configuration BaseConfiguration { get; private set; } = Configuration.Empty;

    public IReadOnlyList<Entry> Entries => entries;

    public void Take(JournalRecord record)
    {
        switch (record)
        {
            case JournalRecord.State state:
                HardState = state.HardState;
                break;
            case JournalRecord.Begin @base:
                Rebase(@base);
                break;
            case JournalRecord.Entries added:
                foreach (var entry in added.Items)
                    Add(entry, added.IsCopy);
                break;
        }
    }

    /// <summary>Begins at a snapshot instead, which is newer than the base of the log.</summary>
    public void BeginAt(long index, long term, Configuration configuration)
    {
        Rebase(new JournalRecord.Begin(HardState, index, term, configuration));
        // The snapshot can be durable before the term in which it came is: no vote was given in a term that is not durable.
        if (HardState.Term < term)
            HardState = new HardState(term, NodeId.None);
    }

    /// <summary>Refuses a log that does not hang together.</summary>
    /// <exception cref="MalformedInputException">It does not.</exception>
    public void Check(ulong group)
    {
        if (!HasBase)
            throw new MalformedInputException($"the log has records of group {group}, but does not say where its entries begin");
        if (entries.Count > 0 && entries[0].Index != BaseIndex + 1)
            throw new MalformedInputException($"group {group} has a snapshot of {BaseIndex}, and its entries begin at {entries[0].Index}");
    }

    private void Rebase(JournalRecord.Begin @base)
    {
        HardState = @base.HardState;
        if (HasBase && @base.Index < BaseIndex)
            return;
        if (!IsBeforeFront(@base.Index))
            DropThrough(@base);
        (HasBase, BaseIndex, BaseTerm, BaseConfiguration) = (true, @base.Index, @base.Term, @base.Configuration);
    }

    /// <summary>Whether entries between a base and the oldest one here are gone: the front of the log was cut off because of a later base,
    /// which is still to come, and which these entries go on from.</summary>
    private bool IsBeforeFront(long baseIndex) => entries.Count > 0 && baseIndex + 1 < entries[0].Index;

    private void DropThrough(JournalRecord.Begin @base)
    {
        var fits = entries.Count > 0 && @base.Index <= entries[^1].Index
            && (@base.Index >= entries[0].Index ? entries[(int)(@base.Index - entries[0].Index)].Term == @base.Term
                : @base.Index == entries[0].Index - 1);
        if (fits)
            entries.RemoveRange(0, (int)(@base.Index - entries[0].Index + 1));
        else
            entries.Clear();
    }

    private void Add(Entry entry, bool isCopy)
    {
        if (HasBase && entry.Index <= BaseIndex)
            return;
        if (entries.Count > 0 && entry.Index >= entries[0].Index && entry.Index <= entries[^1].Index)
        {
            var at = (int)(entry.Index - entries[0].Index);
            if (isCopy && entries[at].Term == entry.Term)
                return;
            entries.RemoveRange(at, entries.Count - at);
        }
        else if (entries.Count > 0 && entry.Index < entries[0].Index)
        {
            // It replaces a tail whose beginning went with the front of the log; a copy of what went says nothing new.
            if (isCopy)
                return;
            entries.Clear();
        }
        else if (entries.Count > 0 && entry.Index != entries[^1].Index + 1)
        {
            RefuseGap(entry);
            entries.Clear();
        }

        entries.Add(entry);
    }

    private void RefuseGap(Entry entry)
    {
        if (HasBase)
            throw new MalformedInputException($"entry {entry.Index} follows entry {entries[^1].Index}");
    }
}
