using Quorate.Kernel.Encoding;
using Quorate.Kernel.Invariants;
using Quorate.Kernel.Machines;
using Quorate.Protocols.Raft;
using Quorate.Storage.Logs;

namespace Quorate.Services.Replication.Journal;

/// <summary>One group's records in the shared log, and where the oldest one lies that the group still needs.</summary>
internal sealed class GroupJournal(ulong id, string directory)
{
    private const int RecordBytesMax = 1 << 20;
    private const int RecordHeaderBytes = 64;

    private readonly ByteWriter record = new(1024);

    // One mark for so many bytes of the log, so that they take little memory.
    private const long StretchBytes = 64 << 10;

    /// <summary>Where the records of entries behind the base are, in the order in which they were written: for each stretch of the log the
    /// last index, and a position at or before its first record. The newest stretch still grows.</summary>
    private readonly Queue<(long LastIndex, LogPosition Position)> stretches = new();
    private (long LastIndex, LogPosition Position)? newest;
    private SharedJournal? journal;
    private RecoveredGroup? recovered;
    private bool isTaken;
    private HardState hardState;
    private (long Index, long Term, Configuration Configuration) begin = (0, 0, Configuration.Empty);
    private LogPosition? statePosition;
    private LogPosition? basePosition;

    public ulong Id { get; } = id;

    /// <summary>The oldest record that the group needs; null when there is none.</summary>
    public LogPosition? Needed
    {
        get
        {
            var needed = Older(statePosition, basePosition);
            return EntriesBegin is { } oldest ? Older(needed, oldest) : needed;
        }
    }

    /// <summary>Where the group's records of entries begin; null when there is none.</summary>
    public LogPosition? EntriesBegin => stretches.TryPeek(out var oldest) ? oldest.Position : newest?.Position;

    /// <summary>A position at or before the record of an entry behind the base; null where there is none.</summary>
    public LogPosition? PositionOf(long index)
    {
        foreach (var (lastIndex, position) in stretches)
        {
            if (lastIndex >= index)
                return position;
        }

        return newest?.LastIndex >= index ? newest?.Position : null;
    }

    public void Attach(SharedJournal to) => journal = to;

    /// <summary>Takes a record of the log as it was before this start.</summary>
    public void Replay(LogPosition position, JournalRecord replayed)
    {
        recovered ??= new RecoveredGroup();
        recovered.Take(replayed);
        switch (replayed)
        {
            case JournalRecord.State:
                statePosition = position;
                break;
            case JournalRecord.Begin @base:
                (statePosition, basePosition) = (position, position);
                DropRecordsThrough(@base.Index);
                break;
            case JournalRecord.Entries { Items.Count: > 0 } added:
                Remember(added.Items[^1].Index, position);
                break;
        }
    }

    /// <summary>Hands out what was recovered, once; null when the log held nothing of the group.</summary>
    /// <exception cref="CorruptFileException">The records do not hang together.</exception>
    /// <exception cref="InvalidOperationException">
    /// It was handed out before. A second life of the group would begin without its term and vote.
    /// </exception>
    public RecoveredGroup? TakeRecovered()
    {
        if (isTaken)
            throw new InvalidOperationException($"Group {Id} was opened before on this node; start the node anew to open it again.");
        isTaken = true;
        var taken = recovered;
        recovered = null;
        if (taken is null)
            return null;
        try
        {
            taken.Check(Id);
        }
        catch (MalformedInputException e)
        {
            throw new CorruptFileException(directory, 0, e.Message);
        }

        hardState = taken.HardState;
        begin = (taken.BaseIndex, taken.BaseTerm, taken.BaseConfiguration);
        return taken;
    }

    public void AppendState(HardState state)
    {
        hardState = state;
        record.Clear();
        JournalCodec.WriteState(record, Id, state);
        statePosition = Append();
    }

    public void AppendEntries(IReadOnlyList<Entry> entries, bool isCopy = false)
    {
        Invariant.Holds(journal is not null, "a group's journal is attached before it is written");
        var bytesMax = Math.Min(RecordBytesMax, journal.RecordBytesMax - RecordHeaderBytes);
        for (var from = 0; from < entries.Count;)
        {
            record.Clear();
            var to = JournalCodec.WriteEntries(record, Id, entries, from, bytesMax, isCopy);
            Remember(entries[to - 1].Index, Append());
            from = to;
        }
    }

    /// <summary>Says where the group's entries begin; entries up to there are not needed any more.</summary>
    public void AppendBase(HardState state, long index, long term, Configuration configuration)
    {
        hardState = state;
        begin = (index, term, configuration);
        record.Clear();
        JournalCodec.WriteBase(record, Id, state, index, term, configuration);
        basePosition = statePosition = Append();
        DropRecordsThrough(index);
    }

    /// <summary>Writes anew all that the group needs, so that the older records can go.</summary>
    /// <param name="entries">All entries behind the base.</param>
    public void CopyForward(IReadOnlyList<Entry> entries)
    {
        // The base comes first: a replay that begins here must know where the entries begin. A crash between the two writes loses
        // nothing, for a copy never replaces an entry, and the older records go only when all of this is durable.
        AppendBase(hardState, begin.Index, begin.Term, begin.Configuration);
        stretches.Clear();
        newest = null;
        AppendEntries(entries, isCopy: true);
    }

    private LogPosition Append()
    {
        Invariant.Holds(journal is not null, "a group's journal is attached before it is written");
        return journal.Append(record.WrittenSpan);
    }

    /// <summary>A replaced tail leaves the older record in front: it stays until the base has passed all that it held.</summary>
    private void Remember(long last, LogPosition position)
    {
        if (newest is { } growing)
        {
            var grown = position.Batch - growing.Position.Batch;
            if (position.Segment == growing.Position.Segment && grown < StretchBytes)
            {
                newest = growing with { LastIndex = Math.Max(growing.LastIndex, last) };
                return;
            }

            stretches.Enqueue(growing);
        }

        newest = (last, position);
    }

    private void DropRecordsThrough(long index)
    {
        while (stretches.TryPeek(out var oldest) && oldest.LastIndex <= index)
            stretches.Dequeue();
        if (stretches.Count == 0 && newest?.LastIndex <= index)
            newest = null;
    }

    private static LogPosition? Older(LogPosition? a, LogPosition? b) =>
        a is null ? b : b is null ? a : a.Value.CompareTo(b.Value) <= 0 ? a : b;
}
