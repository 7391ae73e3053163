using System.Globalization;
using Quorate.Kernel.Machines;
using Quorate.Storage.Folders;

namespace Quorate.Storage.Snapshots;

/// <summary>The snapshots of one state machine, in one directory. It lives on one strand.</summary>
/// <remarks>
/// Guarantee: after a crash at any instant the newest committed snapshot is there and whole, and nothing half-written is seen.
/// Cost: see <see cref="SnapshotWriter"/>; an open reads header and footer of the newest file.
/// Fails when: the newest file is damaged: <see cref="CorruptFileException"/>. An older one is not taken in its place in silence, since
/// the log behind it may be gone.
/// Source: docs/formats.md; Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014 (sync, rename, sync of the directory).
/// </remarks>
public sealed class SnapshotStore
{
    /// <summary>The most bytes of a snapshot's metadata.</summary>
    public const int MetadataBytesMax = SnapshotFormat.MetadataBytesMax;

    private readonly IDisk disk;
    private readonly string directory;
    private readonly SortedDictionary<long, string> files = [];
    private long temporaries;

    private SnapshotStore(IDisk disk, string directory) => (this.disk, this.directory) = (disk, directory);

    /// <summary>The newest snapshot, or null.</summary>
    public SnapshotInfo? Latest { get; private set; }

    /// <summary>Opens a directory of snapshots, or creates it, and deletes what a crash left half-written.</summary>
    /// <param name="disk">Where.</param>
    /// <param name="directory">The directory, relative to the data folder; only this store writes to it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CorruptFileException">The newest snapshot is damaged.</exception>
    public static async ValueTask<SnapshotStore> OpenAsync(IDisk disk, string directory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(directory);
        var store = new SnapshotStore(disk, directory);
        await DurableDirectory.CreateAsync(disk, directory, cancellationToken);
        foreach (var name in await disk.ListAsync(directory, cancellationToken))
        {
            var path = DurableDirectory.PathOf(directory, name);
            if (name.EndsWith(SnapshotFormat.TemporarySuffix, StringComparison.Ordinal))
                await disk.DeleteAsync(path, cancellationToken);
            else if (SnapshotFormat.TryParseName(name, out var sequence))
                store.files.Add(sequence, path);
        }

        // A killed process may have renamed a snapshot and not yet synced its name.
        await disk.SyncDirectoryAsync(directory, cancellationToken);
        if (store.files.Count > 0)
            store.Latest = await store.InspectAsync(store.files.Keys.Last(), cancellationToken);
        return store;
    }

    /// <summary>Begins a snapshot.</summary>
    /// <param name="sequence">Its number; greater than the latest one's.</param>
    /// <param name="metadata">At most <see cref="MetadataBytesMax"/> bytes; copied.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<SnapshotWriter> CreateAsync(
        long sequence, ReadOnlyMemory<byte> metadata, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(metadata.Length, MetadataBytesMax, nameof(metadata));
        var file = await CreateTemporaryAsync(sequence, cancellationToken);
        return new SnapshotWriter(this, file, sequence, metadata.Span);
    }

    /// <summary>Begins to receive a peer's snapshot as raw chunks of its file.</summary>
    /// <param name="sequence">Its number; greater than the latest one's.</param>
    /// <param name="rawBytesMax">The most bytes that are taken.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<RawSnapshotWriter> CreateRawAsync(
        long sequence, long rawBytesMax = 1L << 40, CancellationToken cancellationToken = default) =>
        new(this, await CreateTemporaryAsync(sequence, cancellationToken), sequence, rawBytesMax);

    /// <summary>Opens a snapshot for reading. It must not be deleted before the reader is disposed.</summary>
    /// <param name="info">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CorruptFileException">Header or footer are damaged.</exception>
    /// <exception cref="FileNotFoundException">It was deleted.</exception>
    public async ValueTask<SnapshotReader> OpenReaderAsync(SnapshotInfo info, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(info);
        return new SnapshotReader(await OpenFileAsync(info.Sequence, cancellationToken));
    }

    /// <summary>Deletes the snapshots before a number, and never the latest.</summary>
    /// <param name="sequence">The oldest that is still needed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask DeleteBeforeAsync(long sequence, CancellationToken cancellationToken = default)
    {
        var old = files.Where(file => file.Key < sequence && file.Key < Latest?.Sequence).ToArray();
        foreach (var (number, path) in old)
        {
            await disk.DeleteAsync(path, cancellationToken);
            files.Remove(number);
        }

        if (old.Length > 0)
            await disk.SyncDirectoryAsync(directory, cancellationToken);
    }

    internal async ValueTask PublishAsync(string temporary, SnapshotInfo info, CancellationToken cancellationToken)
    {
        var path = PathOf(info.Sequence);
        await disk.RenameAsync(temporary, path, cancellationToken);
        await disk.SyncDirectoryAsync(directory, CancellationToken.None);
        files[info.Sequence] = path;
        if (Latest is null || info.Sequence >= Latest.Sequence)
            Latest = info;
    }

    internal async ValueTask AbandonAsync(string temporary)
    {
        try
        {
            await disk.DeleteAsync(temporary);
        }
        catch (IOException)
        {
            // The next open deletes it.
        }
    }

    private string PathOf(long sequence) => DurableDirectory.PathOf(directory, SnapshotFormat.Name(sequence));

    private ValueTask<IFile> CreateTemporaryAsync(long sequence, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        if (Latest is { } latest && sequence <= latest.Sequence)
            throw new ArgumentOutOfRangeException(nameof(sequence), sequence, $"snapshot {latest.Sequence} is here already");
        var number = (++temporaries).ToString(CultureInfo.InvariantCulture);
        var path = $"{PathOf(sequence)}.{number}{SnapshotFormat.TemporarySuffix}";
        return disk.OpenAsync(path, OpenMode.CreateNew, cancellationToken);
    }

    private async ValueTask<SnapshotFile> OpenFileAsync(long sequence, CancellationToken cancellationToken)
    {
        var file = await disk.OpenAsync(PathOf(sequence), OpenMode.Existing, cancellationToken);
        try
        {
            return await SnapshotFile.OpenAsync(file, sequence, cancellationToken);
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    private async ValueTask<SnapshotInfo> InspectAsync(long sequence, CancellationToken cancellationToken)
    {
        var snapshot = await OpenFileAsync(sequence, cancellationToken);
        await snapshot.File.DisposeAsync();
        return snapshot.Info;
    }
}
