using Quorate.Kernel.Machines;

namespace Quorate.Tests.Storage.Disks;

internal sealed class FaultyFile(FaultyDisk disk, string path, Inode inode) : IFile
{
    private bool disposed;

    public string Path => path;

    public long Length => inode.Current.Length;

    public async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await StepAsync("read");
        var count = (int)Math.Clamp(inode.Current.Length - offset, 0, buffer.Length);
        inode.Current.AsSpan((int)Math.Min(offset, inode.Current.Length), count).CopyTo(buffer.Span);
        return count;
    }

    public int Read(long offset, Span<byte> buffer) => throw new NotSupportedException("nothing that is tested on this disk reads at once");

    public async ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        if (disk.IsLast && !disk.Crashed)
            inode.Write(offset, bytes.Span); // The crash comes in the middle: kept, lost or torn.
        await StepAsync("write");
        disk.Reserve(inode, offset + bytes.Length);
        inode.Write(offset, bytes.Span);
    }

    public async ValueTask SetLengthAsync(long length, CancellationToken cancellationToken = default)
    {
        await StepAsync("set-length");
        disk.Reserve(inode, length);
        inode.SetLength(length);
    }

    public async ValueTask SyncAsync(CancellationToken cancellationToken = default)
    {
        await StepAsync("sync");
        inode.Sync();
    }

    public ValueTask DisposeAsync()
    {
        disposed = true;
        return ValueTask.CompletedTask;
    }

    private ValueTask StepAsync(string operation)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        return disk.StepAsync(operation, path);
    }
}
