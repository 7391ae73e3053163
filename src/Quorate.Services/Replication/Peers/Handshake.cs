using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;

namespace Quorate.Services.Replication.Peers;

/// <summary>What the two ends of a connection say first: the magic, the version, the cluster and who they are.</summary>
/// <param name="ClusterId">The cluster of the speaker.</param>
/// <param name="Node">The speaker.</param>
/// <param name="Expected">Whom the speaker believes to talk to; none in a welcome.</param>
/// <param name="Address">Where the speaker listens, as host:port.</param>
internal sealed record Handshake(ulong ClusterId, NodeId Node, NodeId Expected, string Address)
{
    private const uint Magic = 0x52455051; // "QPER"
    private const byte Version = 1;
    private const int AddressBytesMax = 300;
    private const int ReasonBytesMax = 1024;

    public void Write(ByteWriter writer, FrameKind kind)
    {
        var start = FrameCodec.Begin(writer, kind, 0);
        WriteProtocol(writer);
        writer.WriteUInt64(ClusterId);
        writer.WriteUInt64(Node.Value);
        writer.WriteUInt64(Expected.Value);
        writer.WriteString(Address);
        FrameCodec.End(writer, start);
    }

    public static void WriteRefusal(ByteWriter writer, string reason)
    {
        var start = FrameCodec.Begin(writer, FrameKind.Refusal, 0);
        writer.WriteString(reason.Length > ReasonBytesMax / 4 ? reason[..(ReasonBytesMax / 4)] : reason);
        FrameCodec.End(writer, start);
    }

    /// <summary>Reads the other end's first frame.</summary>
    /// <exception cref="MalformedInputException">It is not a handshake of this version.</exception>
    /// <exception cref="HandshakeRefusedException">The other end refused.</exception>
    public static Handshake Read(ReadOnlySpan<byte> body, FrameKind expected)
    {
        var reader = new ByteReader(body);
        ReadStart(ref reader, expected);
        var handshake = new Handshake(
            reader.ReadUInt64(), new NodeId(reader.ReadUInt64()), new NodeId(reader.ReadUInt64()), Bounded(ref reader, AddressBytesMax));
        reader.ExpectEnd();
        if (handshake.Node.IsNone)
            throw new MalformedInputException("the other end has no node id");
        return handshake;
    }

    /// <summary>Writes what a first frame begins with: magic and version.</summary>
    public static void WriteProtocol(ByteWriter writer)
    {
        writer.WriteUInt32(Magic);
        writer.WriteByte(Version);
    }

    /// <summary>Reads what a first frame begins with.</summary>
    /// <exception cref="MalformedInputException">The other end speaks something else, or another version.</exception>
    public static void ReadProtocol(ref ByteReader reader)
    {
        if (reader.ReadUInt32() != Magic)
            throw new MalformedInputException("the other end is not a node of this kind");
        var version = reader.ReadByte();
        if (version != Version)
            throw new MalformedInputException($"the other end speaks version {version} of the protocol, and this node speaks {Version}");
    }

    /// <summary>Reads the start of a frame of which the kind is known, up to its own fields.</summary>
    /// <exception cref="MalformedInputException">It is of another kind, protocol or version.</exception>
    /// <exception cref="HandshakeRefusedException">The other end refused.</exception>
    public static void ReadStart(ref ByteReader reader, FrameKind expected)
    {
        var (kind, _) = FrameCodec.ReadStart(ref reader);
        if (kind == FrameKind.Refusal)
            throw new HandshakeRefusedException(Bounded(ref reader, ReasonBytesMax));
        if (kind != expected)
            throw new MalformedInputException($"a {kind} frame, where {expected} belongs");
        ReadProtocol(ref reader);
    }

    private static string Bounded(ref ByteReader reader, int bytesMax)
    {
        var bytes = reader.ReadBytes();
        if (bytes.Length > bytesMax)
            throw new MalformedInputException($"a text of {bytes.Length} bytes; at most {bytesMax} are accepted");
        return System.Text.Encoding.UTF8.GetString(bytes);
    }
}
