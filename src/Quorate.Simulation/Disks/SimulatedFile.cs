using Quorate.Kernel.Machines;

namespace Quorate.Simulation.Disks;

/// <summary>A file that one life of a machine has open.</summary>
internal sealed class SimulatedFile(MachineDisk owner, string path, FileNode node) : IFile
{
    private bool isDisposed;

    public string Path => path;

    public long Length => node.Length;

    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Begin("File.ReadAsync", offset, cancellationToken);
        var failure = owner.DrawFailure("read", path, DiskAccess.Read);
        var read = failure is null ? node.Read(offset, buffer.Span) : 0;
        return owner.Take().Start(owner.Incarnation, read, failure, isSync: false);
    }

    public int Read(long offset, Span<byte> buffer)
    {
        Begin("File.Read", offset, default);
        return owner.DrawFailure("read", path, DiskAccess.Read) is { } failure ? throw failure : node.Read(offset, buffer);
    }

    public ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        Begin("File.WriteAsync", offset, cancellationToken);
        var operation = owner.Take();
        _ = operation.Start(owner.Incarnation, 0, Write(offset, bytes.Span), isSync: false);
        return operation.Completion;
    }

    public ValueTask SetLengthAsync(long length, CancellationToken cancellationToken = default)
    {
        Begin("File.SetLengthAsync", length, cancellationToken);
        var failure = owner.DrawFailure("resize", path, DiskAccess.Write) ?? Room(length - node.Length);
        if (failure is null && owner.Incarnation.IsAlive)
        {
            owner.Disk.UsedBytes += length - node.Length;
            node.SetLength(length);
        }
        var operation = owner.Take();
        _ = operation.Start(owner.Incarnation, 0, failure, isSync: false);
        return operation.Completion;
    }

    public ValueTask SyncAsync(CancellationToken cancellationToken = default)
    {
        Begin("File.SyncAsync", 0, cancellationToken);
        return Sync(null);
    }

    public ValueTask WriteAndSyncAsync(long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        Begin("File.WriteAndSyncAsync", offset, cancellationToken);
        return Sync(Write(offset, bytes.Span));
    }

    public ValueTask DisposeAsync()
    {
        isDisposed = true;
        return default;
    }

    private ValueTask Sync(Exception? failure)
    {
        failure ??= owner.DrawFailure("sync", path, DiskAccess.Sync);
        var operation = owner.Take();
        _ = operation.StartSync(owner.Incarnation, node, failure);
        return operation.Completion;
    }

    // The bytes are in the system's cache at once; an error may leave a part of them there.
    private Exception? Write(long offset, ReadOnlySpan<byte> bytes)
    {
        if (!owner.Incarnation.IsAlive)
            return null;
        var failure = owner.DrawFailure("write", path, DiskAccess.Write) ?? Room(offset + bytes.Length - node.Length);
        if (failure is not null)
            bytes = bytes[..owner.Disk.Random.Next(bytes.Length + 1)];
        if (failure is DiskFullException)
            bytes = bytes[..(int)Math.Clamp(node.Length + Math.Max(Free, 0) - offset, 0, bytes.Length)];
        if (bytes.IsEmpty)
            return failure;
        var before = node.Length;
        node.Write(owner.Disk.Land(node, offset, bytes.Length), bytes);
        owner.Disk.UsedBytes += node.Length - before;
        return failure;
    }

    private long Free => owner.Disk.CapacityBytes - owner.Disk.UsedBytes;

    private DiskFullException? Room(long growth) => growth <= 0 || growth <= Free ? null
        : owner.Disk.Failed(
            new DiskFullException($"No space left on machine '{owner.Disk.Machine}' for {growth} more bytes of '{path}'."));

    private void Begin(string call, long offset, CancellationToken cancellationToken)
    {
        owner.Check(call);
        ObjectDisposedException.ThrowIf(isDisposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
