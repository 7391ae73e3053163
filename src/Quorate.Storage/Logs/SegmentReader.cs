using Quorate.Kernel.Machines;

namespace Quorate.Storage.Logs;

/// <summary>Reads a segment from front to back through a window, so that a small batch costs no trip to the device of its own.</summary>
internal sealed class SegmentReader(LogSegment segment)
{
    private const int WindowBytes = 1 << 20;

    private byte[] window = new byte[Math.Min(WindowBytes, segment.Bytes)];
    private long start;
    private int length;

    /// <summary>Bytes of the segment, as many as asked for unless it ends; valid until the next call.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(long offset, int count, CancellationToken cancellationToken)
    {
        count = (int)Math.Min(count, segment.Bytes - offset);
        if (offset < start || offset + count > start + length)
        {
            if (window.Length < count)
                window = new byte[count];
            start = offset;
            length = await segment.File.ReadAsync(offset, window, cancellationToken);
            if (length < count)
                throw new CorruptFileException(segment.File.Path, offset + length, "the file ends before its length");
        }

        return window.AsMemory((int)(offset - start), count);
    }
}
