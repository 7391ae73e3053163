namespace Quorate.Checking.ModelChecking.Exploration;

/// <summary>Last in, first out.</summary>
internal sealed class StateStack : IFrontier
{
    private const int BlockBytes = 1 << 20;
    private const int EntryBytes = 5 * sizeof(int);
    private readonly List<byte[]> blocks = [];
    private readonly Stack<Entry> entries = [];
    private byte[] taken = [];
    private int block;
    private int used;

    public long Count => entries.Count;

    public long Bytes { get; private set; }

    public void Add(int number, int depth, ReadOnlySpan<byte> state)
    {
        if (blocks.Count > 0 && blocks[block].Length - used < state.Length)
            (block, used) = (block + 1, 0);
        if (block == blocks.Count)
            blocks.Add(NewBlock(state.Length));
        else if (blocks[block].Length < state.Length)
            Replace(state.Length);
        state.CopyTo(blocks[block].AsSpan(used));
        entries.Push(new Entry(number, depth, block, used, state.Length));
        Bytes += EntryBytes;
        used += state.Length;
    }

    public bool TryTake(out int number, out int depth, out ReadOnlySpan<byte> state)
    {
        (number, depth) = (0, 0);
        state = default;
        if (!entries.TryPop(out var entry))
            return false;
        // What is added next lies over it, so it is copied out.
        if (taken.Length < entry.Length)
            taken = new byte[entry.Length * 2];
        blocks[entry.Block].AsSpan(entry.Offset, entry.Length).CopyTo(taken);
        state = taken.AsSpan(0, entry.Length);
        (block, used) = (entry.Block, entry.Offset);
        (number, depth) = (entry.Number, entry.Depth);
        Bytes -= EntryBytes;
        return true;
    }

    private byte[] NewBlock(int least)
    {
        var bytes = new byte[Math.Max(BlockBytes, least)];
        Bytes += bytes.Length;
        return bytes;
    }

    private void Replace(int least)
    {
        Bytes -= blocks[block].Length;
        blocks[block] = NewBlock(least);
    }

    private readonly record struct Entry(int Number, int Depth, int Block, int Offset, int Length);
}
