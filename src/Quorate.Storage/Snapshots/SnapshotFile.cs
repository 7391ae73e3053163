using System.Buffers.Binary;
using Quorate.Kernel.Encoding;
using Quorate.Kernel.Machines;

namespace Quorate.Storage.Snapshots;

/// <summary>Reads and checks a snapshot's file. Everything that it was told is checked before it is believed.</summary>
internal sealed class SnapshotFile(IFile file, SnapshotInfo info, uint chain)
{
    public SnapshotInfo Info => info;

    public IFile File => file;

    /// <summary>Reads header and footer; the blocks are checked when they are read.</summary>
    public static async ValueTask<SnapshotFile> OpenAsync(IFile file, long sequence, CancellationToken cancellationToken)
    {
        var metadata = await ReadHeaderAsync(file, sequence, cancellationToken);
        var (contentBytes, chain) = await ReadFooterAsync(file, sequence, cancellationToken);
        if (contentBytes < 0 || contentBytes > file.Length || SnapshotFormat.FileBytes(metadata.Length, contentBytes) != file.Length)
            throw new CorruptFileException(file.Path, file.Length, $"the footer says {contentBytes} bytes, which does not fit the file's length");
        return new SnapshotFile(file, new SnapshotInfo(sequence, contentBytes, file.Length, metadata), chain);
    }

    /// <summary>Reads one block's content into a buffer that has room for a block and its header.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadBlockAsync(long index, byte[] buffer, CancellationToken cancellationToken)
    {
        var offset = OffsetOf(index);
        var count = (int)Math.Min(SnapshotFormat.BlockBytes, info.Bytes - (index * SnapshotFormat.BlockBytes));
        var block = buffer.AsMemory(0, SnapshotFormat.BlockHeaderBytes + count);
        if (await file.ReadAsync(offset, block, cancellationToken) != block.Length)
            throw new CorruptFileException(file.Path, offset, "the file ends within a block");
        var content = block[SnapshotFormat.BlockHeaderBytes..];
        if (BinaryPrimitives.ReadInt32LittleEndian(block.Span) != count)
            throw new CorruptFileException(file.Path, offset, $"block {index} does not have {count} bytes");
        if (BinaryPrimitives.ReadUInt32LittleEndian(block.Span[4..]) != SnapshotFormat.BlockCrc(index, content.Span))
            throw new CorruptFileException(file.Path, offset, $"the checksum of block {index} does not match");
        return content;
    }

    /// <summary>Reads all blocks and checks that they are those that the footer vouches for.</summary>
    public async ValueTask VerifyAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[SnapshotFormat.BlockHeaderBytes + SnapshotFormat.BlockBytes];
        uint found = 0;
        for (long index = 0; index < SnapshotFormat.BlockCount(info.Bytes); index++)
        {
            await ReadBlockAsync(index, buffer, cancellationToken);
            found = SnapshotFormat.Chain(found, BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(4)));
        }

        if (found != chain)
            throw new CorruptFileException(file.Path, file.Length - SnapshotFormat.FooterBytes, "the footer belongs to other blocks");
    }

    private long OffsetOf(long index) => SnapshotFormat.BlocksStart(info.Metadata.Length)
        + (index * (SnapshotFormat.BlockBytes + SnapshotFormat.BlockHeaderBytes));

    private static async ValueTask<byte[]> ReadHeaderAsync(IFile file, long sequence, CancellationToken cancellationToken)
    {
        var head = new byte[SnapshotFormat.HeaderBytes];
        if (await file.ReadAsync(0, head, cancellationToken) != head.Length)
            throw new CorruptFileException(file.Path, file.Length, "the file ends within its header");
        if (BinaryPrimitives.ReadUInt32LittleEndian(head) != SnapshotFormat.HeaderMagic)
            throw new CorruptFileException(file.Path, 0, "this is not a snapshot");
        if (BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(4)) is var version && version != SnapshotFormat.Version)
            throw new CorruptFileException(file.Path, 4, $"format version {version} is not known, {SnapshotFormat.Version} is");
        var metadataBytes = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(20));
        if (metadataBytes < 0 || metadataBytes > SnapshotFormat.MetadataBytesMax)
            throw new CorruptFileException(file.Path, 20, $"{metadataBytes} bytes of metadata are announced");
        var metadata = new byte[metadataBytes];
        if (await file.ReadAsync(SnapshotFormat.HeaderBytes, metadata, cancellationToken) != metadataBytes)
            throw new CorruptFileException(file.Path, file.Length, "the file ends within its metadata");
        if (BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(24)) != Crc32C.Of(head.AsSpan(0, 24), metadata))
            throw new CorruptFileException(file.Path, 24, "the header's checksum does not match");
        if (BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(8)) is var found && found != sequence)
            throw new CorruptFileException(file.Path, 8, $"snapshot {sequence} is expected, and this is {found}");
        if (BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(16)) is var blockBytes && blockBytes != SnapshotFormat.BlockBytes)
            throw new CorruptFileException(file.Path, 16, $"blocks of {blockBytes} bytes are not known");
        return metadata;
    }

    private static async ValueTask<(long ContentBytes, uint Chain)> ReadFooterAsync(
        IFile file, long sequence, CancellationToken cancellationToken)
    {
        var offset = file.Length - SnapshotFormat.FooterBytes;
        var foot = new byte[SnapshotFormat.FooterBytes];
        if (offset < SnapshotFormat.HeaderBytes || await file.ReadAsync(offset, foot, cancellationToken) != foot.Length)
            throw new CorruptFileException(file.Path, file.Length, "the file ends before its footer");
        if (BinaryPrimitives.ReadUInt32LittleEndian(foot.AsSpan(28)) != Crc32C.Of(foot.AsSpan(0, 28))
            || BinaryPrimitives.ReadUInt32LittleEndian(foot) != SnapshotFormat.FooterMagic
            || BinaryPrimitives.ReadUInt16LittleEndian(foot.AsSpan(4)) != SnapshotFormat.Version
            || BinaryPrimitives.ReadInt64LittleEndian(foot.AsSpan(8)) != sequence)
            throw new CorruptFileException(file.Path, offset, $"there is no footer of snapshot {sequence} here");
        return (BinaryPrimitives.ReadInt64LittleEndian(foot.AsSpan(16)), BinaryPrimitives.ReadUInt32LittleEndian(foot.AsSpan(24)));
    }
}
