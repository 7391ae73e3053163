using Quorate.Kernel.Encoding;

namespace Quorate.Services.Replication.Sessions;

/// <summary>One client of a group: the replies that it has not acknowledged.</summary>
internal sealed class Session(ulong id, long lowest)
{
    /// <summary>The most commands of one session between the lowest unacknowledged and the newest.</summary>
    public const int WindowMax = 1 << 17;

    public ulong Id { get; } = id;

    public SequenceWindow<byte[]> Replies { get; } = new(lowest, WindowMax);

    public void Write(ByteWriter writer)
    {
        writer.WriteUInt64(Id);
        writer.WriteVarUInt((ulong)Replies.Lowest);
        var kept = 0;
        for (var sequence = Replies.Lowest; sequence <= Replies.Highest; sequence++)
            kept += Replies[sequence] is null ? 0 : 1;
        writer.WriteVarUInt((ulong)kept);
        for (var sequence = Replies.Lowest; sequence <= Replies.Highest; sequence++)
        {
            if (Replies[sequence] is not { } reply)
                continue;
            writer.WriteVarUInt((ulong)(sequence - Replies.Lowest));
            writer.WriteBytes(reply);
        }
    }

    public static Session Read(ref ByteReader reader)
    {
        var id = reader.ReadUInt64();
        var lowest = reader.ReadVarUInt();
        if (lowest > long.MaxValue / 2)
            throw new MalformedInputException($"a session begins at {lowest}");
        var session = new Session(id, (long)lowest);
        var kept = reader.ReadCount(2);
        for (var i = 0; i < kept; i++)
        {
            var offset = reader.ReadVarUInt();
            if (offset >= WindowMax)
                throw new MalformedInputException($"a kept reply is {offset} beyond the lowest of its session");
            session.Replies.Set(session.Replies.Lowest + (long)offset, reader.ReadBytes().ToArray());
        }

        return session;
    }
}
