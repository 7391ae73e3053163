using System.Runtime.InteropServices;

namespace Quorate.Checking.ModelChecking.Exploration;

/// <summary>First in, first out. A block that was read is written again.</summary>
internal sealed class StateQueue : IFrontier
{
    private const int BlockBytes = 1 << 20;
    private const int HeaderBytes = 3 * sizeof(int);
    private readonly Queue<(byte[] Bytes, int Used)> full = [];
    private byte[] reading = [];
    private int readingEnd;
    private int read;
    private byte[] writing = [];
    private int written;
    private byte[]? spare;

    public long Count { get; private set; }

    public long Bytes { get; private set; }

    public void Add(int number, int depth, ReadOnlySpan<byte> state)
    {
        // Whole words keep each state aligned.
        var size = HeaderBytes + ((state.Length + 3) & ~3);
        if (writing.Length - written < size)
            StartBlock(size);
        var header = MemoryMarshal.Cast<byte, int>(writing.AsSpan(written, HeaderBytes));
        (header[0], header[1], header[2]) = (number, depth, state.Length);
        state.CopyTo(writing.AsSpan(written + HeaderBytes));
        written += size;
        Count++;
    }

    public bool TryTake(out int number, out int depth, out ReadOnlySpan<byte> state)
    {
        (number, depth) = (0, 0);
        state = default;
        if (Count == 0)
            return false;
        if (read == readingEnd)
            NextBlock();
        var header = MemoryMarshal.Cast<byte, int>(reading.AsSpan(read, HeaderBytes));
        (number, depth) = (header[0], header[1]);
        state = reading.AsSpan(read + HeaderBytes, header[2]);
        read += HeaderBytes + ((header[2] + 3) & ~3);
        Count--;
        return true;
    }

    private void StartBlock(int size)
    {
        if (written > 0)
            full.Enqueue((writing, written));
        written = 0;
        if (spare is not null && spare.Length >= size)
        {
            (writing, spare) = (spare, null);
            return;
        }

        writing = new byte[Math.Max(BlockBytes, size)];
        Bytes += writing.Length;
    }

    private void NextBlock()
    {
        var old = reading;
        if (full.TryDequeue(out var next))
            (reading, readingEnd) = next;
        else
            (reading, readingEnd, writing, written) = (writing, written, [], 0);
        read = 0;
        if (spare is null && old.Length > 0)
            spare = old;
        else
            Bytes -= old.Length;
    }
}
