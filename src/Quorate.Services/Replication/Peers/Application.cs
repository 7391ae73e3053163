using Quorate.Kernel.Encoding;
using Quorate.Services.Replication.Members;

namespace Quorate.Services.Replication.Peers;

/// <summary>A node that is no member yet asks to be one.</summary>
/// <param name="ClusterId">The cluster.</param>
/// <param name="Group">The group.</param>
/// <param name="Member">How it will be known; the name is empty until it has started.</param>
internal sealed record Application(ulong ClusterId, ulong Group, GroupMember Member)
{
    public void Write(ByteWriter writer)
    {
        var start = FrameCodec.Begin(writer, FrameKind.Apply, Group);
        Handshake.WriteProtocol(writer);
        writer.WriteUInt64(ClusterId);
        MemberTable.Write(writer, Member);
        FrameCodec.End(writer, start);
    }

    /// <summary>Reads a first frame; null where it is something else.</summary>
    /// <exception cref="MalformedInputException">It is one, and not whole.</exception>
    public static Application? TryRead(ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        var (kind, group) = FrameCodec.ReadStart(ref reader);
        if (kind != FrameKind.Apply)
            return null;
        Handshake.ReadProtocol(ref reader);
        var application = new Application(reader.ReadUInt64(), group, MemberTable.ReadMember(ref reader));
        reader.ExpectEnd();
        return application;
    }

    public static void WriteAnswer(ByteWriter writer, MembershipAnswer answer)
    {
        var start = FrameCodec.Begin(writer, FrameKind.Applied, 0);
        Handshake.WriteProtocol(writer);
        writer.WriteByte((byte)answer);
        FrameCodec.End(writer, start);
    }

    /// <summary>Reads the answer.</summary>
    /// <exception cref="MalformedInputException">It is not one of this version.</exception>
    /// <exception cref="HandshakeRefusedException">The other end refused.</exception>
    public static MembershipAnswer ReadAnswer(ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        Handshake.ReadStart(ref reader, FrameKind.Applied);
        var answer = (MembershipAnswer)reader.ReadByte();
        reader.ExpectEnd();
        return answer;
    }
}
