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
    private readonly RecoveredEntries entries = new();

    public HardState HardState { get; private set; }

    /// <summary>Whether the log says where the group's entries begin.</summary>
    public bool HasBase { get; private set; }

    public long BaseIndex { get; private set; }

    public long BaseTerm { get; private set; }

    public Configuration BaseConfiguration { get; private set; } = Configuration.Empty;

    /// <summary>The entries behind the base, without a gap once they were checked.</summary>
    public IReadOnlyList<Entry> Entries => entries.Whole;

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
        if (entries.GapBehind(BaseIndex) is var (before, after))
            throw new MalformedInputException($"group {group} has a snapshot of {BaseIndex}, and entry {after} follows {before}");
    }

    private void Rebase(JournalRecord.Begin @base)
    {
        HardState = @base.HardState;
        if (HasBase && @base.Index < BaseIndex)
            return;
        entries.DropThrough(@base.Index, @base.Term);
        (HasBase, BaseIndex, BaseTerm, BaseConfiguration) = (true, @base.Index, @base.Term, @base.Configuration);
    }

    private void Add(Entry entry, bool isCopy)
    {
        if (HasBase && entry.Index <= BaseIndex)
            return;
        if (isCopy)
            entries.Repeat(entry);
        else
            entries.Write(entry);
    }
}
