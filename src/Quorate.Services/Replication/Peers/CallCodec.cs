using Quorate.Kernel.Encoding;

namespace Quorate.Services.Replication.Peers;

/// <summary>How a served call ended. The numbers are on the wire.</summary>
internal enum CallStatus : byte
{
    /// <summary>The answer follows.</summary>
    Answered = 0,

    /// <summary>The serving side failed; a text says why.</summary>
    Failed = 1,

    /// <summary>Too many calls are being served; this one was not begun.</summary>
    Overloaded = 2,
}

/// <summary>The bodies of call frames, behind the kind and the group.</summary>
internal static class CallCodec
{
    public const int OverheadBytes = 64;
    private const int TextCharsMax = 512;

    public static void WriteRequest(ByteWriter writer, ulong group, ulong id, byte service, TimeSpan timeout, ReadOnlySpan<byte> request)
    {
        var start = FrameCodec.Begin(writer, FrameKind.Request, group);
        writer.WriteVarUInt(id);
        writer.WriteByte(service);
        writer.WriteVarUInt((ulong)Math.Clamp(timeout.TotalMilliseconds, 1, int.MaxValue));
        writer.WriteRaw(request);
        FrameCodec.End(writer, start);
    }

    public static void WriteAnswer(ByteWriter writer, ulong group, ulong id, ReadOnlySpan<byte> answer)
    {
        var start = FrameCodec.Begin(writer, FrameKind.Response, group);
        writer.WriteVarUInt(id);
        writer.WriteByte((byte)CallStatus.Answered);
        writer.WriteRaw(answer);
        FrameCodec.End(writer, start);
    }

    public static void WriteError(ByteWriter writer, ulong group, ulong id, CallStatus status, string why)
    {
        var start = FrameCodec.Begin(writer, FrameKind.Response, group);
        writer.WriteVarUInt(id);
        writer.WriteByte((byte)status);
        writer.WriteRaw(System.Text.Encoding.UTF8.GetBytes(why.Length > TextCharsMax ? why[..TextCharsMax] : why));
        FrameCodec.End(writer, start);
    }

    public static void WriteCancel(ByteWriter writer, ulong group, ulong id)
    {
        var start = FrameCodec.Begin(writer, FrameKind.Cancel, group);
        writer.WriteVarUInt(id);
        FrameCodec.End(writer, start);
    }

    /// <summary>Reads what an answering frame says, behind the id.</summary>
    /// <exception cref="MalformedInputException">There is no such status.</exception>
    public static CallStatus ReadStatus(ref ByteReader reader)
    {
        var status = reader.ReadByte();
        return status <= (byte)CallStatus.Overloaded
            ? (CallStatus)status
            : throw new MalformedInputException($"there is no call status {status}");
    }
}
