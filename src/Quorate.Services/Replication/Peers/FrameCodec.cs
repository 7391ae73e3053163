using System.Buffers;
using System.Buffers.Binary;
using Quorate.Kernel.Encoding;

namespace Quorate.Services.Replication.Peers;

/// <summary>
/// Frames between two nodes: length of the body (4 bytes), CRC-32C of the body (4 bytes), body. The body begins with its
/// <see cref="FrameKind"/> and the group as a varint.
/// </summary>
internal static class FrameCodec
{
    public const int HeaderBytes = 8;

    /// <summary>Begins a frame at the end of what the writer holds.</summary>
    /// <returns>Where it begins, for <see cref="End"/>.</returns>
    public static int Begin(ByteWriter writer, FrameKind kind, ulong group)
    {
        var start = writer.Length;
        writer.WriteUInt64(0);
        writer.WriteByte((byte)kind);
        writer.WriteVarUInt(group);
        return start;
    }

    /// <summary>Ends the frame: fills in length and checksum.</summary>
    public static void End(ByteWriter writer, int start)
    {
        var body = writer.WrittenSpan[(start + HeaderBytes)..];
        var checksum = Crc32C.Of(body);
        writer.PatchUInt32(start, (uint)body.Length);
        writer.PatchUInt32(start + 4, checksum);
    }

    /// <summary>Takes the first whole frame off the input.</summary>
    /// <param name="input">What arrived; moved past the frame.</param>
    /// <param name="bodyBytesMax">The longest body that is accepted.</param>
    /// <param name="scratch">Where a body that is in pieces is put together; grows as needed.</param>
    /// <param name="body">The body; valid until the input or the scratch is used again.</param>
    /// <returns>Whether there was a whole frame.</returns>
    /// <exception cref="MalformedInputException">The length is out of bounds, or the checksum is wrong.</exception>
    public static bool TryTake(ref ReadOnlySequence<byte> input, int bodyBytesMax, ref byte[] scratch, out ReadOnlyMemory<byte> body)
    {
        body = default;
        if (input.Length < HeaderBytes)
            return false;
        Span<byte> header = stackalloc byte[HeaderBytes];
        input.Slice(0, HeaderBytes).CopyTo(header);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(header);
        if (length < 2 || length > bodyBytesMax)
            throw new MalformedInputException($"a frame of {length} bytes; between 2 and {bodyBytesMax} are accepted");
        if (input.Length < HeaderBytes + length)
            return false;
        var bytes = Whole(input.Slice(HeaderBytes, length), ref scratch);
        if (Crc32C.Of(bytes.Span) != BinaryPrimitives.ReadUInt32LittleEndian(header[4..]))
            throw new MalformedInputException("a frame's checksum is wrong");
        input = input.Slice(HeaderBytes + length);
        body = bytes;
        return true;
    }

    private static ReadOnlyMemory<byte> Whole(in ReadOnlySequence<byte> bytes, ref byte[] scratch)
    {
        if (bytes.IsSingleSegment)
            return bytes.First;
        var length = (int)bytes.Length;
        if (scratch.Length < length)
            scratch = GC.AllocateUninitializedArray<byte>((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)length));
        bytes.CopyTo(scratch);
        return scratch.AsMemory(0, length);
    }

    /// <summary>Reads the start of a body.</summary>
    /// <exception cref="MalformedInputException">There is no such kind.</exception>
    public static (FrameKind Kind, ulong Group) ReadStart(ref ByteReader reader)
    {
        var kind = reader.ReadByte();
        if (kind is < (byte)FrameKind.Hello or > (byte)FrameKind.Applied)
            throw new MalformedInputException($"there is no frame of kind {kind}");
        return ((FrameKind)kind, reader.ReadVarUInt());
    }
}
