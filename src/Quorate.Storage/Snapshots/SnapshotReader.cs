using Quorate.Kernel.Machines;

namespace Quorate.Storage.Snapshots;

/// <summary>Reads a finished snapshot: its content, checked, or its raw file, for a peer that checks it itself.</summary>
/// <remarks>
/// Guarantee: content that is returned is what was written.
/// Cost: one read of 64 KiB and one checksum a block; reading on from the last offset reads no block twice.
/// Fails when: a block fails its checksum: <see cref="CorruptFileException"/>. One call at a time.
/// </remarks>
public sealed class SnapshotReader : IAsyncDisposable
{
    private readonly SnapshotFile snapshot;
    private readonly byte[] buffer = new byte[SnapshotFormat.BlockHeaderBytes + SnapshotFormat.BlockBytes];
    private ReadOnlyMemory<byte> block;
    private long blockIndex = -1;

    internal SnapshotReader(SnapshotFile snapshot) => this.snapshot = snapshot;

    /// <summary>What is read.</summary>
    public SnapshotInfo Info => snapshot.Info;

    /// <summary>Bytes of the content.</summary>
    public long Length => snapshot.Info.Bytes;

    /// <summary>Bytes of the file.</summary>
    public long RawLength => snapshot.Info.RawBytes;

    /// <summary>Reads content from an offset until the buffer is full or the content ends.</summary>
    /// <param name="offset">Where in the content.</param>
    /// <param name="destination">What to fill.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>How many bytes were read; fewer than asked only at the end.</returns>
    /// <exception cref="CorruptFileException">A block fails its checksum.</exception>
    public async ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var done = 0;
        while (done < destination.Length && offset + done < Length)
        {
            var (index, within) = Math.DivRem(offset + done, SnapshotFormat.BlockBytes);
            if (index != blockIndex)
            {
                blockIndex = -1;
                block = await snapshot.ReadBlockAsync(index, buffer, cancellationToken);
                blockIndex = index;
            }

            var count = Math.Min(block.Length - (int)within, destination.Length - done);
            block.Slice((int)within, count).CopyTo(destination[done..]);
            done += count;
        }

        return done;
    }

    /// <summary>Reads the file as it is, for a <see cref="RawSnapshotWriter"/> elsewhere.</summary>
    /// <param name="offset">Where in the file.</param>
    /// <param name="destination">What to fill.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>How many bytes were read; fewer than asked only at the end.</returns>
    public ValueTask<int> ReadRawAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken = default) =>
        snapshot.File.ReadAsync(offset, destination, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => snapshot.File.DisposeAsync();
}
