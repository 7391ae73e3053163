using Quorate.Protocols.Raft;

namespace Quorate.Services.Replication.Journal;

/// <summary>One record of the log that all groups of a node share.</summary>
internal abstract record JournalRecord
{
    private JournalRecord()
    {
    }

    /// <summary>A new term or vote.</summary>
    public sealed record State(HardState HardState) : JournalRecord;

    /// <summary>
    /// Entries, one behind the other; everything from the first one's index on is replaced. A copy only repeats what is there, so that an
    /// older part of the log can go, and replaces nothing.
    /// </summary>
    public sealed record Entries(IReadOnlyList<Entry> Items, bool IsCopy) : JournalRecord;

    /// <summary>
    /// The entries begin behind this index, up to which there is a snapshot (none for index 0); with the current term and vote.
    /// </summary>
    public sealed record Begin(HardState HardState, long Index, long Term, Configuration Configuration) : JournalRecord;
}
