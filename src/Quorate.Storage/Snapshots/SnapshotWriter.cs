using Quorate.Kernel.Machines;

namespace Quorate.Storage.Snapshots;

/// <summary>Writes a snapshot into a temporary file and gives it its name when it is whole and durable.</summary>
/// <remarks>
/// Guarantee: before <see cref="CommitAsync"/> completes the snapshot is not there for anybody, also after a crash; after it, it is.
/// Cost: one write for each 64 KiB; two syncs and a rename at the commit.
/// Fails when: the disk does, or is full: dispose the writer, which deletes the temporary file. One call at a time.
/// </remarks>
public sealed class SnapshotWriter : IAsyncDisposable
{
    private readonly SnapshotStore store;
    private readonly IFile file;
    private readonly long sequence;
    private readonly byte[] header;
    private readonly byte[] block = new byte[SnapshotFormat.BlockHeaderBytes + SnapshotFormat.BlockBytes];
    private int filled;
    private long blocks;
    private long offset;
    private uint chain;
    private bool finished;

    internal SnapshotWriter(SnapshotStore store, IFile file, long sequence, ReadOnlySpan<byte> metadata)
    {
        (this.store, this.file, this.sequence) = (store, file, sequence);
        header = SnapshotFormat.Header(sequence, metadata);
    }

    /// <summary>Content bytes written.</summary>
    public long Length { get; private set; }

    /// <summary>Adds content.</summary>
    /// <param name="bytes">What; it is copied.</param>
    /// <param name="cancellationToken">Gives up; the writer is then of no more use.</param>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(finished, this);
        while (bytes.Length > 0)
        {
            var count = Math.Min(bytes.Length, SnapshotFormat.BlockBytes - filled);
            bytes[..count].CopyTo(block.AsMemory(SnapshotFormat.BlockHeaderBytes + filled));
            filled += count;
            Length += count;
            bytes = bytes[count..];
            if (filled == SnapshotFormat.BlockBytes)
                await WriteBlockAsync(cancellationToken);
        }
    }

    /// <summary>Makes the snapshot durable and gives it its name.</summary>
    /// <param name="cancellationToken">Gives up, as long as the snapshot has no name.</param>
    public async ValueTask<SnapshotInfo> CommitAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(finished, this);
        if (filled > 0)
            await WriteBlockAsync(cancellationToken);
        await WriteAtEndAsync(SnapshotFormat.Footer(sequence, Length, chain), cancellationToken);
        await file.SyncAsync(cancellationToken);
        finished = true;
        await file.DisposeAsync();
        var info = new SnapshotInfo(sequence, Length, offset, header.AsMemory(SnapshotFormat.HeaderBytes));
        await store.PublishAsync(file.Path, info, cancellationToken);
        return info;
    }

    /// <summary>Deletes what was written, unless it was committed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (finished)
            return;
        finished = true;
        await file.DisposeAsync();
        await store.AbandonAsync(file.Path);
    }

    private async ValueTask WriteBlockAsync(CancellationToken cancellationToken)
    {
        var whole = block.AsMemory(0, SnapshotFormat.BlockHeaderBytes + filled);
        chain = SnapshotFormat.Chain(chain, SnapshotFormat.WriteBlockHeader(whole.Span, blocks));
        await WriteAtEndAsync(whole, cancellationToken);
        blocks++;
        filled = 0;
    }

    private async ValueTask WriteAtEndAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (offset == 0)
        {
            await file.WriteAsync(0, header, cancellationToken);
            offset = header.Length;
        }

        await file.WriteAsync(offset, bytes, cancellationToken);
        offset += bytes.Length;
    }
}
