using Quorate.Kernel.Machines;

namespace Quorate.Storage.Snapshots;

/// <summary>Takes the raw file of a peer's snapshot, chunk after chunk, and believes none of it before all is checked.</summary>
/// <remarks>
/// Guarantee: what <see cref="CommitAsync"/> publishes passed every checksum, read back from the file.
/// Cost: one write a chunk; the commit reads the file once, and syncs it.
/// Fails when: a chunk does not begin where the last one ended, the bound is passed, or the file is not a whole snapshot of the
/// announced number. One call at a time.
/// </remarks>
public sealed class RawSnapshotWriter : IAsyncDisposable
{
    private readonly SnapshotStore store;
    private readonly IFile file;
    private readonly long sequence;
    private readonly long rawBytesMax;
    private bool finished;

    internal RawSnapshotWriter(SnapshotStore store, IFile file, long sequence, long rawBytesMax) =>
        (this.store, this.file, this.sequence, this.rawBytesMax) = (store, file, sequence, rawBytesMax);

    /// <summary>Where the next chunk must begin.</summary>
    public long Length { get; private set; }

    /// <summary>Takes a chunk.</summary>
    /// <param name="offset">Where it begins; must be <see cref="Length"/>.</param>
    /// <param name="bytes">The bytes; they must not change until the call is done.</param>
    /// <param name="cancellationToken">Gives up before the write begins.</param>
    /// <exception cref="InvalidOperationException">The chunk is out of order, or the snapshot is longer than its bound.</exception>
    public async ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(finished, this);
        if (offset != Length)
            throw new InvalidOperationException($"the chunk begins at {offset}, and {Length} bytes are here");
        if (bytes.Length > rawBytesMax - Length)
            throw new InvalidOperationException($"the snapshot is longer than the {rawBytesMax} bytes that are allowed");
        await file.WriteAsync(offset, bytes, cancellationToken);
        Length += bytes.Length;
    }

    /// <summary>Checks everything, makes it durable and gives it its name.</summary>
    /// <param name="cancellationToken">Gives up, as long as the snapshot has no name.</param>
    /// <exception cref="CorruptFileException">The chunks are not a whole snapshot of this number. Nothing was published.</exception>
    public async ValueTask<SnapshotInfo> CommitAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(finished, this);
        var snapshot = await SnapshotFile.OpenAsync(file, sequence, cancellationToken);
        await snapshot.VerifyAsync(cancellationToken);
        await file.SyncAsync(cancellationToken);
        finished = true;
        await file.DisposeAsync();
        await store.PublishAsync(file.Path, snapshot.Info, cancellationToken);
        return snapshot.Info;
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
}
