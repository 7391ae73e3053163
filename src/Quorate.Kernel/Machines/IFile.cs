namespace Quorate.Kernel.Machines;

/// <summary>One open file. Calls that overlap are allowed on ranges that do not.</summary>
public interface IFile : IAsyncDisposable
{
    /// <summary>The path under which it was opened.</summary>
    string Path { get; }

    /// <summary>Its length in bytes.</summary>
    long Length { get; }

    /// <summary>Reads from an offset until the buffer is full or the file ends.</summary>
    /// <param name="offset">Where, in bytes.</param>
    /// <param name="buffer">What to fill.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>How many bytes were read: fewer than asked only at the end of the file.</returns>
    ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken = default);

    /// <summary>As <see cref="ReadAsync"/>, but at once: whoever calls is held up. For bytes that this process wrote and that are most likely
    /// in the system's cache, where a read takes about a microsecond and a wait would take longer.</summary>
    /// <param name="offset">Where, in bytes.</param>
    /// <param name="buffer">What to fill.</param>
    /// <returns>How many bytes were read: fewer than asked only at the end of the file.</returns>
    int Read(long offset, Span<byte> buffer);

    /// <summary>Writes all bytes at an offset, making the file longer where needed. They are durable only after <see
    /// cref="SyncAsync"/>.</summary>
    /// <param name="offset">Where, in bytes.</param>
    /// <param name="bytes">What; must not change until the write is done.</param>
    /// <param name="cancellationToken">Honoured only before the write begins.</param>
    /// <exception cref="DiskFullException">No room; the file may hold a part of the bytes.</exception>
    ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default);

    /// <summary>Makes the file this long; new bytes are zero. The space is reserved where the file system can, so that later writes into
    /// it find room.</summary>
    /// <param name="length">Length in bytes.</param>
    /// <param name="cancellationToken">Honoured only before the change begins.</param>
    /// <exception cref="DiskFullException">No room.</exception>
    ValueTask SetLengthAsync(long length, CancellationToken cancellationToken = default);

    /// <summary>Makes everything written before durable (fdatasync).</summary>
    /// <param name="cancellationToken">Honoured only before the sync begins.</param>
    /// <exception cref="IOException">It failed: what was written since the last sync may be lost, and a second sync proves
    /// nothing.</exception>
    ValueTask SyncAsync(CancellationToken cancellationToken = default);

    /// <summary>Writes and then syncs, in one trip to the device's thread. The same as the two calls, and cheaper.</summary>
    /// <param name="offset">Where, in bytes.</param>
    /// <param name="bytes">What; must not change until the call is done.</param>
    /// <param name="cancellationToken">Honoured only before the write begins.</param>
    async ValueTask WriteAndSyncAsync(long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        await WriteAsync(offset, bytes, cancellationToken);
        await SyncAsync(cancellationToken);
    }
}
