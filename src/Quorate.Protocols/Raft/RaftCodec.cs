using Quorate.Kernel.Encoding;

namespace Quorate.Protocols.Raft;

/// <summary>The bytes of Raft's messages.</summary>
/// <remarks>
/// Guarantee: what is written reads back equal; anything else either reads as a valid message or throws, before anything large is
/// allocated.
/// Cost: one allocation for the entries; payloads are copied only on demand.
/// Fails when: the input is malformed: <see cref="MalformedInputException"/>.
/// Source: own format: a kind byte, then varints; entries carry no index, since they follow PreviousIndex without a gap.
/// </remarks>
public static class RaftCodec
{
    private const int EntryBytesMin = 3;

    /// <summary>Writes a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="writer">Where to.</param>
    public static void Write(RaftMessage message, ByteWriter writer)
    {
        writer.WriteByte((byte)KindOf(message));
        Write(writer, message.Term);
        switch (message)
        {
            case PreVoteRequest m:
                Write(writer, m.LastLogIndex, m.LastLogTerm);
                break;
            case VoteRequest m:
                Write(writer, m.LastLogIndex, m.LastLogTerm);
                writer.WriteBool(m.Transfer);
                break;
            case PreVoteReply m:
                writer.WriteBool(m.Granted);
                break;
            case VoteReply m:
                writer.WriteBool(m.Granted);
                break;
            case AppendRequest m:
                WriteAppend(writer, m);
                break;
            case AppendReply m:
                writer.WriteBool(m.Accepted);
                Write(writer, m.Index, m.HintIndex);
                Write(writer, m.HintTerm, m.Round);
                break;
            case SnapshotRequest m:
                WriteSnapshot(writer, m);
                break;
            case SnapshotReply m:
                Write(writer, m.LastIndex, m.NextOffset);
                writer.WriteBool(m.Installed);
                break;
        }
    }

    /// <summary>Reads a message that fills the input.</summary>
    /// <param name="input">The bytes.</param>
    /// <param name="copies">Whether payloads are copied out of the bytes; else they point into them, and the bytes must never change
    /// afterwards.</param>
    /// <exception cref="MalformedInputException">The bytes are not one message.</exception>
    public static RaftMessage Read(ReadOnlyMemory<byte> input, bool copies = false)
    {
        var reader = new ByteReader(input.Span);
        var copier = copies ? new PayloadCopier(input.Length) : null;
        var kind = (Kind)reader.ReadByte();
        var term = ReadLong(ref reader);
        RaftMessage message = kind switch
        {
            Kind.PreVoteRequest => new PreVoteRequest(term, ReadLong(ref reader), ReadLong(ref reader)),
            Kind.PreVoteReply => new PreVoteReply(term, reader.ReadBool()),
            Kind.VoteRequest => new VoteRequest(term, ReadLong(ref reader), ReadLong(ref reader), reader.ReadBool()),
            Kind.VoteReply => new VoteReply(term, reader.ReadBool()),
            Kind.AppendRequest => ReadAppend(term, ref reader, input, copier),
            Kind.AppendReply => new AppendReply(
                term, reader.ReadBool(), ReadLong(ref reader), ReadLong(ref reader), ReadLong(ref reader), ReadLong(ref reader)),
            Kind.SnapshotRequest => ReadSnapshot(term, ref reader, input, copier),
            Kind.SnapshotReply => new SnapshotReply(term, ReadLong(ref reader), ReadLong(ref reader), reader.ReadBool()),
            Kind.TimeoutNow => new TimeoutNow(term),
            _ => throw new MalformedInputException($"{(byte)kind} is no kind of Raft message"),
        };
        reader.ExpectEnd();
        return message;
    }

    private enum Kind : byte
    {
        PreVoteRequest = 1,
        PreVoteReply = 2,
        VoteRequest = 3,
        VoteReply = 4,
        AppendRequest = 5,
        AppendReply = 6,
        SnapshotRequest = 7,
        SnapshotReply = 8,
        TimeoutNow = 9,
    }

    private static Kind KindOf(RaftMessage message) => message switch
    {
        PreVoteRequest => Kind.PreVoteRequest,
        PreVoteReply => Kind.PreVoteReply,
        VoteRequest => Kind.VoteRequest,
        VoteReply => Kind.VoteReply,
        AppendRequest => Kind.AppendRequest,
        AppendReply => Kind.AppendReply,
        SnapshotRequest => Kind.SnapshotRequest,
        SnapshotReply => Kind.SnapshotReply,
        TimeoutNow => Kind.TimeoutNow,
        _ => throw new ArgumentOutOfRangeException(nameof(message), message, "This is no message of Raft."),
    };

    private static void WriteAppend(ByteWriter writer, AppendRequest message)
    {
        Write(writer, message.PreviousIndex, message.PreviousTerm);
        Write(writer, message.CommitIndex, message.Round);
        writer.WriteVarUInt((ulong)message.Entries.Count);
        for (var i = 0; i < message.Entries.Count; i++)
        {
            var entry = message.Entries[i];
            Write(writer, entry.Term);
            writer.WriteByte((byte)entry.Kind);
            writer.WriteBytes(entry.Payload.Span);
        }
    }

    private static AppendRequest ReadAppend(long term, ref ByteReader reader, ReadOnlyMemory<byte> input, PayloadCopier? copier)
    {
        var previousIndex = ReadLong(ref reader);
        var previousTerm = ReadLong(ref reader);
        var commitIndex = ReadLong(ref reader);
        var round = ReadLong(ref reader);
        var entries = new Entry[reader.ReadCount(EntryBytesMin)];
        if (previousIndex > long.MaxValue - entries.Length)
            throw new MalformedInputException("an index is above 63 bits");
        var lowest = previousTerm;
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = ReadEntry(ref reader, input, previousIndex + 1 + i, copier);
            if (entries[i].Term < lowest || entries[i].Term > term)
                throw new MalformedInputException("the terms of the entries fall, or rise above the leader's");
            lowest = entries[i].Term;
        }

        return new AppendRequest(term, previousIndex, previousTerm, commitIndex, round, entries);
    }

    private static Entry ReadEntry(ref ByteReader reader, ReadOnlyMemory<byte> input, long index, PayloadCopier? copier)
    {
        var term = ReadLong(ref reader);
        var kind = (EntryKind)reader.ReadByte();
        if (kind > EntryKind.Configuration)
            throw new MalformedInputException($"{(byte)kind} is no kind of entry");
        var payload = ReadMemory(ref reader, input, copier);
        if (kind == EntryKind.Configuration)
        {
            var inner = new ByteReader(payload.Span);
            Configuration.Read(ref inner);
            inner.ExpectEnd();
        }

        return new Entry(term, index, kind, payload);
    }

    private static void WriteSnapshot(ByteWriter writer, SnapshotRequest message)
    {
        Write(writer, message.LastIndex, message.LastTerm);
        message.Configuration.Write(writer);
        Write(writer, message.Offset);
        writer.WriteBool(message.Done);
        writer.WriteBytes(message.Data.Span);
    }

    private static SnapshotRequest ReadSnapshot(long term, ref ByteReader reader, ReadOnlyMemory<byte> input, PayloadCopier? copier)
    {
        var lastIndex = ReadLong(ref reader);
        var lastTerm = ReadLong(ref reader);
        var configuration = Configuration.Read(ref reader);
        var offset = ReadLong(ref reader);
        var done = reader.ReadBool();
        return new SnapshotRequest(term, lastIndex, lastTerm, configuration, offset, ReadMemory(ref reader, input, copier), done);
    }

    private static ReadOnlyMemory<byte> ReadMemory(ref ByteReader reader, ReadOnlyMemory<byte> input, PayloadCopier? copier)
    {
        var bytes = reader.ReadBytes();
        var length = bytes.Length;
        return copier is not null ? copier.Copy(bytes) : input.Slice(reader.Position - length, length);
    }

    private static void Write(ByteWriter writer, long value) => writer.WriteVarUInt((ulong)value);

    private static void Write(ByteWriter writer, long first, long second)
    {
        writer.WriteVarUInt((ulong)first);
        writer.WriteVarUInt((ulong)second);
    }

    private static long ReadLong(ref ByteReader reader)
    {
        var value = reader.ReadVarUInt();
        return value <= long.MaxValue ? (long)value : throw new MalformedInputException("a number is above 63 bits");
    }
}
