using Quorate.Kernel.Encoding;
using Quorate.Services.Replication.Members;

namespace Quorate.Services.Replication.Peers;

/// <summary>The question what cluster this is and who belongs to it, and its answer.</summary>
internal static class DirectoryCodec
{
    public static void WriteAsk(ByteWriter writer)
    {
        var start = FrameCodec.Begin(writer, FrameKind.Ask, 0);
        Handshake.WriteProtocol(writer);
        FrameCodec.End(writer, start);
    }

    public static bool IsAsk(ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        return FrameCodec.ReadStart(ref reader).Kind == FrameKind.Ask;
    }

    public static void WriteDirectory(ByteWriter writer, ClusterDirectory directory)
    {
        var start = FrameCodec.Begin(writer, FrameKind.Directory, 0);
        Handshake.WriteProtocol(writer);
        writer.WriteUInt64(directory.ClusterId);
        writer.WriteVarUInt((ulong)directory.Members.Count);
        foreach (var member in directory.Members)
            MemberTable.Write(writer, member);
        FrameCodec.End(writer, start);
    }

    /// <summary>Reads the answer.</summary>
    /// <exception cref="MalformedInputException">It is not one of this version.</exception>
    public static ClusterDirectory ReadDirectory(ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        var (kind, _) = FrameCodec.ReadStart(ref reader);
        if (kind != FrameKind.Directory)
            throw new MalformedInputException($"a {kind} frame, where {FrameKind.Directory} belongs");
        Handshake.ReadProtocol(ref reader);
        var clusterId = reader.ReadUInt64();
        var count = reader.ReadCount(8);
        if (count > MemberTable.MembersMax)
            throw new MalformedInputException($"{count} members; at most {MemberTable.MembersMax} are accepted");
        var members = new GroupMember[count];
        for (var i = 0; i < count; i++)
            members[i] = MemberTable.ReadMember(ref reader);
        reader.ExpectEnd();
        return new ClusterDirectory(clusterId, members);
    }
}
