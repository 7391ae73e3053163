using System.Buffers;
using Quorate.Kernel.Machines;

namespace Quorate.Storage.Logs;

/// <summary>
/// Reads a segment from front to back through a window, so that a small batch costs no trip to the device of its own. The window is
/// rented: segments are opened one after another, and each would else leave a large array behind.
/// </summary>
internal sealed class SegmentReader(LogSegment segment) : IDisposable
{
    private const int WindowBytes = 1 << 20;

    private byte[] window = ArrayPool<byte>.Shared.Rent((int)Math.Min(WindowBytes, segment.Bytes));
    private long start;
    private int length;

    /// <summary>Bytes of the segment, as many as asked for unless it ends; valid until the next call.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(long offset, int count, CancellationToken cancellationToken)
    {
        count = (int)Math.Min(count, segment.Bytes - offset);
        if (offset < start || offset + count > start + length)
        {
            if (window.Length < count)
                Exchange(count);
            start = offset;
            length = await segment.File.ReadAsync(offset, window, cancellationToken);
            if (length < count)
                throw new CorruptFileException(segment.File.Path, offset + length, "the file ends before its length");
        }

        return window.AsMemory((int)(offset - start), count);
    }

    /// <summary>Gives the window back; no read is under way.</summary>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(window);
        (window, length) = ([], 0);
    }

    private void Exchange(int bytes)
    {
        Dispose();
        window = ArrayPool<byte>.Shared.Rent(bytes);
    }
}
