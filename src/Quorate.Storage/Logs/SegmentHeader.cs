using System.Buffers.Binary;
using Quorate.Kernel.Encoding;
using Quorate.Kernel.Machines;

namespace Quorate.Storage.Logs;

/// <summary>The first block of a segment. It is durable before the file gets its name.</summary>
internal readonly record struct SegmentHeader(long Number, long Bytes)
{
    private const uint Magic = 0x4c415751; // "QWAL"
    private const int Length = 28;

    public void Write(Span<byte> block)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(block, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(block[4..], LogFormat.Version);
        BinaryPrimitives.WriteUInt16LittleEndian(block[6..], 0);
        BinaryPrimitives.WriteInt64LittleEndian(block[8..], Number);
        BinaryPrimitives.WriteInt64LittleEndian(block[16..], Bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(block[24..], Crc32C.Of(block[..24]));
    }

    /// <summary>Reads and checks the header of the file of a number. A crash cannot damage it, so whatever is wrong is corruption.</summary>
    public static void Check(ReadOnlySpan<byte> block, string path, long number, long fileBytes)
    {
        if (block.Length < Length)
            throw new CorruptFileException(path, fileBytes, "the file ends within its header");
        if (BinaryPrimitives.ReadUInt32LittleEndian(block) != Magic)
            throw new CorruptFileException(path, 0, "this is not a segment of a log");
        if (BinaryPrimitives.ReadUInt16LittleEndian(block[4..]) is var version && version != LogFormat.Version)
            throw new CorruptFileException(path, 4, $"format version {version} is not known, {LogFormat.Version} is");
        if (BinaryPrimitives.ReadUInt32LittleEndian(block[24..]) != Crc32C.Of(block[..24]))
            throw new CorruptFileException(path, 24, "the header's checksum does not match");
        if (BinaryPrimitives.ReadInt64LittleEndian(block[8..]) is var found && found != number)
            throw new CorruptFileException(path, 8, $"the header says segment {found}");
        if (BinaryPrimitives.ReadInt64LittleEndian(block[16..]) is var bytes && bytes != fileBytes)
            throw new CorruptFileException(path, Math.Min(bytes, fileBytes), $"the file has {fileBytes} bytes, its header says {bytes}");
    }
}
