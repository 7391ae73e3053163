using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Protocols.Raft;

namespace Quorate.Services.Replication.Journal;

/// <summary>The bytes of the shared log's records: kind, group, then what the kind needs. docs/formats.md freezes them.</summary>
internal static class JournalCodec
{
    private const byte StateKind = 1;
    private const byte EntriesKind = 2;
    private const byte CopyKind = 3;
    private const byte BaseKind = 4;

    public static void WriteState(ByteWriter writer, ulong group, HardState state)
    {
        writer.WriteByte(StateKind);
        writer.WriteVarUInt(group);
        Write(writer, state);
    }

    public static void WriteBase(ByteWriter writer, ulong group, HardState state, long index, long term, Configuration configuration)
    {
        writer.WriteByte(BaseKind);
        writer.WriteVarUInt(group);
        Write(writer, state);
        writer.WriteVarUInt((ulong)index);
        writer.WriteVarUInt((ulong)term);
        configuration.Write(writer);
    }

    /// <summary>Writes some of the entries, beginning at <paramref name="from"/>, up to about a number of bytes.</summary>
    /// <returns>The place of the first entry that was not written.</returns>
    public static int WriteEntries(ByteWriter writer, ulong group, IReadOnlyList<Entry> entries, int from, int bytesMax, bool isCopy)
    {
        var to = from;
        for (long bytes = 0; to < entries.Count && (to == from || bytes + entries[to].Payload.Length <= bytesMax); to++)
            bytes += entries[to].Payload.Length + 16;
        writer.WriteByte(isCopy ? CopyKind : EntriesKind);
        writer.WriteVarUInt(group);
        writer.WriteVarUInt((ulong)entries[from].Index);
        writer.WriteVarUInt((ulong)(to - from));
        for (var i = from; i < to; i++)
        {
            var entry = entries[i];
            writer.WriteVarUInt((ulong)entry.Term);
            writer.WriteByte((byte)entry.Kind);
            writer.WriteBytes(entry.Payload.Span);
        }

        return to;
    }

    /// <summary>Reads a record.</summary>
    /// <param name="bytes">The bytes; payloads are copied out of them.</param>
    /// <exception cref="MalformedInputException">They are not a record.</exception>
    public static (ulong Group, JournalRecord Record) Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var kind = reader.ReadByte();
        var group = reader.ReadVarUInt();
        JournalRecord record = kind switch
        {
            StateKind => new JournalRecord.State(ReadState(ref reader)),
            EntriesKind => new JournalRecord.Entries(ReadEntries(ref reader), IsCopy: false),
            CopyKind => new JournalRecord.Entries(ReadEntries(ref reader), IsCopy: true),
            BaseKind => new JournalRecord.Begin(
                ReadState(ref reader), ReadNumber(ref reader), ReadNumber(ref reader), Configuration.Read(ref reader)),
            _ => throw new MalformedInputException($"there is no log record of kind {kind}"),
        };
        reader.ExpectEnd();
        return (group, record);
    }

    /// <summary>Reads those entries of a record that belong to a group and a range; a record of anything else has none.</summary>
    /// <param name="bytes">The record.</param>
    /// <param name="group">The group.</param>
    /// <param name="from">The first index that is wanted.</param>
    /// <param name="to">The index behind the last one.</param>
    /// <param name="take">Takes each entry; its payload is a copy.</param>
    /// <exception cref="MalformedInputException">They are not a record.</exception>
    public static void ReadSome(ReadOnlySpan<byte> bytes, ulong group, long from, long to, Action<Entry> take)
    {
        var reader = new ByteReader(bytes);
        var kind = reader.ReadByte();
        if (kind is not (EntriesKind or CopyKind) || reader.ReadVarUInt() != group)
            return;
        var first = ReadNumber(ref reader);
        var count = reader.ReadCount(3);
        for (var index = first; index < Math.Min(to, first + count); index++)
        {
            var term = ReadNumber(ref reader);
            var entryKind = ReadKind(ref reader);
            var payload = reader.ReadBytes();
            if (index >= from)
                take(new Entry(term, index, entryKind, payload.ToArray()));
        }
    }

    private static void Write(ByteWriter writer, HardState state)
    {
        writer.WriteVarUInt((ulong)state.Term);
        writer.WriteUInt64(state.VotedFor.Value);
    }

    private static HardState ReadState(ref ByteReader reader) => new(ReadNumber(ref reader), new NodeId(reader.ReadUInt64()));

    private static Entry[] ReadEntries(ref ByteReader reader)
    {
        var first = ReadNumber(ref reader);
        var entries = new Entry[reader.ReadCount(3)];
        for (var i = 0; i < entries.Length; i++)
        {
            var term = ReadNumber(ref reader);
            entries[i] = new Entry(term, first + i, ReadKind(ref reader), reader.ReadBytes().ToArray());
        }

        return entries;
    }

    private static EntryKind ReadKind(ref ByteReader reader)
    {
        var kind = reader.ReadByte();
        return kind <= (byte)EntryKind.Configuration
            ? (EntryKind)kind
            : throw new MalformedInputException($"there is no entry of kind {kind}");
    }

    private static long ReadNumber(ref ByteReader reader)
    {
        var value = reader.ReadVarUInt();
        return value <= long.MaxValue / 2 ? (long)value : throw new MalformedInputException($"{value} is out of bounds");
    }
}
