using System.Buffers.Binary;
using Quorate.Kernel.Encoding;

namespace Quorate.Services.Coordination.Backups;

/// <summary>
/// The form of a backup: one block of header, the state of the store, zeros up to a whole block, and the SHA-256 of all of that.
/// </summary>
/// <remarks>
/// That the length is a multiple of 512 and 32 more is what etcdctl looks for before it believes that a checksum is there.
/// </remarks>
internal static class BackupFormat
{
    /// <summary>The first four bytes: "QBAK".</summary>
    public const uint Magic = 0x4B41_4251;

    /// <summary>The version that is written.</summary>
    public const ushort Version = 1;

    /// <summary>The bytes of the header, and what the length without checksum is a multiple of.</summary>
    public const int BlockBytes = 512;

    /// <summary>The bytes of the checksum.</summary>
    public const int ChecksumBytes = 32;

    private const int FieldBytes = 32;

    /// <summary>The bytes of a whole backup.</summary>
    /// <param name="stateBytes">The bytes of the state.</param>
    public static long TotalBytes(long stateBytes) => BlockBytes + stateBytes + Padding(stateBytes) + ChecksumBytes;

    /// <summary>The zeros behind a state.</summary>
    /// <param name="stateBytes">The bytes of the state.</param>
    public static int Padding(long stateBytes) => (int)((BlockBytes - (stateBytes % BlockBytes)) % BlockBytes);

    /// <summary>The header.</summary>
    /// <param name="header">What it says.</param>
    public static byte[] Write(BackupHeader header)
    {
        var block = new byte[BlockBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(block, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(4), Version);
        BinaryPrimitives.WriteUInt64LittleEndian(block.AsSpan(8), header.ClusterId);
        BinaryPrimitives.WriteInt64LittleEndian(block.AsSpan(16), header.Revision);
        BinaryPrimitives.WriteInt64LittleEndian(block.AsSpan(24), header.StateBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(FieldBytes), Crc32C.Of(block.AsSpan(0, FieldBytes)));
        return block;
    }

    /// <summary>Reads the header.</summary>
    /// <param name="block">Its bytes.</param>
    /// <exception cref="MalformedInputException">It is none, or of a version that is not known.</exception>
    public static BackupHeader Read(ReadOnlySpan<byte> block)
    {
        // The page of a bbolt database begins with its number and flags, and then this.
        if (BinaryPrimitives.ReadUInt32LittleEndian(block[16..]) == 0xED0C_DAED)
            throw new MalformedInputException("it is a snapshot of etcd's own, which only etcd can restore");
        if (BinaryPrimitives.ReadUInt32LittleEndian(block) != Magic)
            throw new MalformedInputException("it is no backup: it does not begin with QBAK");
        if (BinaryPrimitives.ReadUInt16LittleEndian(block[4..]) is not Version and var version)
            throw new MalformedInputException($"it has format version {version}, and this program knows {Version}");
        if (BinaryPrimitives.ReadUInt32LittleEndian(block[FieldBytes..]) != Crc32C.Of(block[..FieldBytes]))
            throw new MalformedInputException("its header is damaged");
        var header = new BackupHeader(
            BinaryPrimitives.ReadUInt64LittleEndian(block[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(block[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(block[24..]));
        return header.StateBytes is > 0 and < long.MaxValue / 2
            ? header : throw new MalformedInputException($"a state of {header.StateBytes} bytes is out of bounds");
    }
}

/// <summary>What the header of a backup says.</summary>
/// <param name="ClusterId">The cluster that it is of.</param>
/// <param name="Revision">The newest revision in it.</param>
/// <param name="StateBytes">The bytes of the state.</param>
internal readonly record struct BackupHeader(ulong ClusterId, long Revision, long StateBytes);
