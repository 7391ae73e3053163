using System.Buffers.Binary;
using System.Globalization;
using Quorate.Kernel.Encoding;

namespace Quorate.Storage.Snapshots;

/// <summary>The form of a snapshot's file, version 1: header, blocks, footer. docs/formats.md freezes it.</summary>
internal static class SnapshotFormat
{
    public const uint HeaderMagic = 0x504e5351; // "QSNP"
    public const uint FooterMagic = 0x464e5351; // "QSNF"
    public const ushort Version = 1;
    public const int HeaderBytes = 28;
    public const int FooterBytes = 32;
    public const int BlockHeaderBytes = 8;

    /// <summary>Content bytes of every block but the last, which holds what is left.</summary>
    public const int BlockBytes = 64 << 10;

    public const int MetadataBytesMax = 1 << 20;
    public const string Suffix = ".snap";
    public const string TemporarySuffix = ".tmp";

    public static string Name(long sequence) => sequence.ToString("d20", CultureInfo.InvariantCulture) + Suffix;

    public static bool TryParseName(string name, out long sequence)
    {
        sequence = 0;
        return name.Length == 20 + Suffix.Length
            && name.EndsWith(Suffix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, 20), NumberStyles.None, CultureInfo.InvariantCulture, out sequence);
    }

    /// <summary>Where the blocks begin.</summary>
    public static long BlocksStart(int metadataBytes) => HeaderBytes + (long)metadataBytes;

    /// <summary>The length of a file with this content.</summary>
    public static long FileBytes(int metadataBytes, long contentBytes) =>
        BlocksStart(metadataBytes) + contentBytes + (BlockCount(contentBytes) * BlockHeaderBytes) + FooterBytes;

    public static long BlockCount(long contentBytes) => (contentBytes + BlockBytes - 1) / BlockBytes;

    public static byte[] Header(long sequence, ReadOnlySpan<byte> metadata)
    {
        var bytes = new byte[HeaderBytes + metadata.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, HeaderMagic);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), Version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), sequence);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), BlockBytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(20), metadata.Length);
        metadata.CopyTo(bytes.AsSpan(HeaderBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(24), Crc32C.Of(bytes.AsSpan(0, 24), metadata));
        return bytes;
    }

    /// <summary>Writes the header of a block in front of its content.</summary>
    public static uint WriteBlockHeader(Span<byte> block, long index)
    {
        var content = block[BlockHeaderBytes..];
        BinaryPrimitives.WriteInt32LittleEndian(block, content.Length);
        var crc = BlockCrc(index, content);
        BinaryPrimitives.WriteUInt32LittleEndian(block[4..], crc);
        return crc;
    }

    public static uint BlockCrc(long index, ReadOnlySpan<byte> content)
    {
        Span<byte> place = stackalloc byte[12];
        BinaryPrimitives.WriteInt64LittleEndian(place, index);
        BinaryPrimitives.WriteInt32LittleEndian(place[8..], content.Length);
        return Crc32C.Of(place, content);
    }

    /// <summary>The checksum over the checksums of the blocks before and one more, so that the footer vouches for all of them.</summary>
    public static uint Chain(uint chain, uint blockCrc)
    {
        Span<byte> both = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(both, chain);
        BinaryPrimitives.WriteUInt32LittleEndian(both[4..], blockCrc);
        return Crc32C.Of(both);
    }

    public static byte[] Footer(long sequence, long contentBytes, uint chain)
    {
        var bytes = new byte[FooterBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, FooterMagic);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), Version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), sequence);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), contentBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(24), chain);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(28), Crc32C.Of(bytes.AsSpan(0, 28)));
        return bytes;
    }
}
