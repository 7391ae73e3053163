using System.Buffers.Binary;
using Quorate.Kernel.Encoding;

namespace Quorate.Storage.Logs;

/// <summary>The first bytes of a batch: what one write put into the log.</summary>
/// <param name="Segment">The segment that it was written to.</param>
/// <param name="Sequence">Its number in the log: each batch has the one after its predecessor's.</param>
/// <param name="PayloadBytes">The records' bytes behind the header.</param>
/// <param name="Records">How many records; none in the mark of a clean close.</param>
/// <param name="PayloadCrc">Checksum of the records' bytes.</param>
/// <param name="PreviousCrc">The header checksum of the batch before, which chains them; zero in the first of a log.</param>
/// <param name="Crc">Checksum of this header.</param>
internal readonly record struct BatchHeader(
    long Segment, long Sequence, int PayloadBytes, int Records, uint PayloadCrc, uint PreviousCrc, uint Crc)
{
    public const int Length = 48;
    private const uint Magic = 0x54425751; // "QWBT"

    /// <summary>Where the batch ends, with its padding.</summary>
    public long PaddedBytes => LogFormat.Padded(Length + (long)PayloadBytes);

    /// <summary>Writes the header and returns its checksum; <see cref="Crc"/> is not read.</summary>
    public uint Write(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(target[4..], LogFormat.Version);
        BinaryPrimitives.WriteUInt16LittleEndian(target[6..], 0);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], Segment);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], Sequence);
        BinaryPrimitives.WriteInt32LittleEndian(target[24..], PayloadBytes);
        BinaryPrimitives.WriteInt32LittleEndian(target[28..], Records);
        BinaryPrimitives.WriteUInt32LittleEndian(target[32..], PayloadCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(target[36..], PreviousCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(target[40..], 0);
        var crc = Crc32C.Of(target[..44]);
        BinaryPrimitives.WriteUInt32LittleEndian(target[44..], crc);
        return crc;
    }

    /// <summary>Reads a header whose checksum is right and whose lengths make sense.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out BatchHeader header)
    {
        header = default;
        if (source.Length < Length
            || BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic
            || BinaryPrimitives.ReadUInt16LittleEndian(source[4..]) != LogFormat.Version
            || BinaryPrimitives.ReadUInt32LittleEndian(source[44..]) is var crc && crc != Crc32C.Of(source[..44]))
            return false;
        header = new BatchHeader(
            BinaryPrimitives.ReadInt64LittleEndian(source[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[24..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[28..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[32..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[36..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[44..]));
        return header is { PayloadBytes: >= 0, Records: >= 0, Sequence: > 0 };
    }
}
