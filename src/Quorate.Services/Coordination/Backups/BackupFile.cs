using System.Security.Cryptography;
using Quorate.Kernel.Encoding;
using Quorate.Services.Coordination.Store;
using Quorate.Services.Replication;

namespace Quorate.Services.Coordination.Backups;

/// <summary>A backup that was saved, to be put into an empty store.</summary>
/// <remarks>
/// Guarantee: every byte is checked before any is used. Cost: the file is read twice.
/// Fails when: it is not whole or not a backup: <see cref="MalformedInputException"/>, which says why.
/// </remarks>
public sealed class BackupFile
{
    private readonly Stream file;
    private readonly BackupHeader header;

    private BackupFile(Stream file, BackupHeader header) => (this.file, this.header) = (file, header);

    /// <summary>The cluster that it is of.</summary>
    public ulong ClusterId => header.ClusterId;

    /// <summary>The newest revision in it.</summary>
    public long Revision => header.Revision;

    /// <summary>Checks a file.</summary>
    /// <param name="file">The file; it must be seekable, and stays the caller's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="MalformedInputException">It is not a whole backup.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static async ValueTask<BackupFile> OpenAsync(Stream file, CancellationToken cancellationToken = default)
    {
        file.Position = 0;
        var block = new byte[BackupFormat.BlockBytes];
        if (await file.ReadAtLeastAsync(block, block.Length, throwOnEndOfStream: false, cancellationToken) < block.Length)
            throw new MalformedInputException($"it has {file.Length} bytes, and not even a header");
        var header = BackupFormat.Read(block);
        var wanted = BackupFormat.TotalBytes(header.StateBytes);
        if (file.Length != wanted)
            throw new MalformedInputException($"it has {file.Length} bytes instead of {wanted}: it is cut off, or something was added");
        await CheckSumAsync(file, cancellationToken);
        return new BackupFile(file, header);
    }

    /// <summary>Replaces the state of a store by the backup's.</summary>
    /// <param name="store">The store.</param>
    /// <param name="cancellationToken">Gives up; the store is then not used any more.</param>
    /// <exception cref="MalformedInputException">The state in it does not hang together.</exception>
    public async ValueTask RestoreAsync(CoordinationStore store, CancellationToken cancellationToken = default)
    {
        file.Position = BackupFormat.BlockBytes;
        await store.RestoreAsync(new Source(file, header.StateBytes), cancellationToken);
        // The terms of the old cluster mean nothing in a new one: its first leader takes the deadlines over.
        store.State.Leases.LessorTerm = 0;
        if (store.Revision != header.Revision)
            throw new MalformedInputException($"its header speaks of revision {header.Revision}, and its state is of {store.Revision}");
    }

    private static async ValueTask CheckSumAsync(Stream file, CancellationToken cancellationToken)
    {
        using var checksum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        file.Position = 0;
        var buffer = new byte[64 << 10];
        for (var left = file.Length - BackupFormat.ChecksumBytes; left > 0;)
        {
            var count = await file.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancellationToken);
            if (count == 0)
                throw new MalformedInputException("it became shorter while it was read");
            checksum.AppendData(buffer, 0, count);
            left -= count;
        }

        var stored = new byte[BackupFormat.ChecksumBytes];
        await file.ReadExactlyAsync(stored, cancellationToken);
        if (!checksum.GetHashAndReset().AsSpan().SequenceEqual(stored))
            throw new MalformedInputException("its checksum is wrong: some byte of it was changed");
    }

    private sealed class Source(Stream file, long bytes) : IStateSource
    {
        private long left = bytes;

        public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            var wanted = buffer[..(int)Math.Min(left, buffer.Length)];
            var count = await file.ReadAtLeastAsync(wanted, wanted.Length, throwOnEndOfStream: false, cancellationToken);
            left -= count;
            return count;
        }
    }
}
