using Quorate.Kernel.Encoding;

namespace Quorate.Protocols.Raft;

/// <summary>The byte form of a log, for the model checker.</summary>
internal static class RaftCanonical
{
    /// <summary>Writes a log with the configuration of its snapshot.</summary>
    public static void WriteLog(ByteWriter writer, RaftLog log, Configuration ofSnapshot)
    {
        writer.WriteVarInt(log.SnapshotIndex);
        writer.WriteVarInt(log.SnapshotTerm);
        ofSnapshot.Write(writer);
        writer.WriteVarUInt((ulong)(log.LastIndex - log.SnapshotIndex));
        for (var index = log.FirstIndex; index <= log.LastIndex; index++)
            WriteEntry(writer, log.At(index));
    }

    /// <summary>Reads what <see cref="WriteLog"/> wrote.</summary>
    public static RaftInitialState ReadLog(ref ByteReader reader, HardState hardState)
    {
        var snapshotIndex = reader.ReadVarInt();
        var snapshotTerm = reader.ReadVarInt();
        var ofSnapshot = Configuration.Read(ref reader);
        var entries = new Entry[reader.ReadCount(3)];
        for (var i = 0; i < entries.Length; i++)
            entries[i] = ReadEntry(ref reader, snapshotIndex + 1 + i);
        return new RaftInitialState(hardState, snapshotIndex, snapshotTerm, ofSnapshot, entries);
    }

    private static void WriteEntry(ByteWriter writer, in Entry entry)
    {
        writer.WriteVarInt(entry.Term);
        writer.WriteByte((byte)entry.Kind);
        writer.WriteBytes(entry.Payload.Span);
    }

    private static Entry ReadEntry(ref ByteReader reader, long index)
    {
        var term = reader.ReadVarInt();
        var kind = (EntryKind)reader.ReadByte();
        return new Entry(term, index, kind, reader.ReadBytes().ToArray());
    }
}
