using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Services.Replication.Members;

namespace Quorate.Services.Replication.Peers;

/// <summary>A member whose data is damaged asks to begin anew.</summary>
/// <param name="ClusterId">The cluster that it belongs to.</param>
/// <param name="Group">The group.</param>
/// <param name="Node">The member.</param>
internal sealed record ReadmissionAsk(ulong ClusterId, ulong Group, NodeId Node)
{
    public void Write(ByteWriter writer)
    {
        var start = FrameCodec.Begin(writer, FrameKind.Readmit, Group);
        Handshake.WriteProtocol(writer);
        writer.WriteUInt64(ClusterId);
        writer.WriteUInt64(Node.Value);
        FrameCodec.End(writer, start);
    }

    /// <summary>Reads a first frame; null where it is something else.</summary>
    /// <exception cref="MalformedInputException">It is one, and not whole.</exception>
    public static ReadmissionAsk? TryRead(ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        var (kind, group) = FrameCodec.ReadStart(ref reader);
        if (kind != FrameKind.Readmit)
            return null;
        Handshake.ReadProtocol(ref reader);
        var ask = new ReadmissionAsk(reader.ReadUInt64(), group, new NodeId(reader.ReadUInt64()));
        reader.ExpectEnd();
        return ask.Node.IsNone ? throw new MalformedInputException("the other end has no node id") : ask;
    }
}

/// <summary>What came of it: the member has no vote, and what it said before counts for nothing.</summary>
/// <param name="Answer">Whether it is so.</param>
/// <param name="Term">The term in which that was sure; the member begins in it.</param>
/// <param name="Leader">Who led in that term, and so has its vote.</param>
internal sealed record Readmission(MembershipAnswer Answer, long Term, NodeId Leader)
{
    public const int BodyBytes = 17;

    public byte[] ToArray()
    {
        var writer = new ByteWriter(BodyBytes);
        Write(writer);
        return writer.ToArray();
    }

    /// <summary>Reads what <see cref="ToArray"/> gave.</summary>
    /// <exception cref="MalformedInputException">The bytes are not one.</exception>
    public static Readmission Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var readmission = Read(ref reader);
        reader.ExpectEnd();
        return readmission;
    }

    public void WriteFrame(ByteWriter writer)
    {
        var start = FrameCodec.Begin(writer, FrameKind.Readmitted, 0);
        Handshake.WriteProtocol(writer);
        Write(writer);
        FrameCodec.End(writer, start);
    }

    /// <summary>Reads the answer's frame.</summary>
    /// <exception cref="MalformedInputException">It is not one of this version.</exception>
    /// <exception cref="HandshakeRefusedException">The other end refused.</exception>
    public static Readmission ReadFrame(ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        Handshake.ReadStart(ref reader, FrameKind.Readmitted);
        var readmission = Read(ref reader);
        reader.ExpectEnd();
        return readmission;
    }

    private void Write(ByteWriter writer)
    {
        writer.WriteByte((byte)Answer);
        writer.WriteUInt64((ulong)Term);
        writer.WriteUInt64(Leader.Value);
    }

    private static Readmission Read(ref ByteReader reader)
    {
        var answer = (MembershipAnswer)reader.ReadByte();
        var term = reader.ReadUInt64();
        if (term > long.MaxValue / 2)
            throw new MalformedInputException($"a readmission in term {term}");
        return new Readmission(answer, (long)term, new NodeId(reader.ReadUInt64()));
    }
}
