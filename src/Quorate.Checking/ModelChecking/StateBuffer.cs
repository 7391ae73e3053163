namespace Quorate.Checking.ModelChecking;

/// <summary>The states of one level, packed one behind the other: an object for each would cost more than most states.</summary>
internal sealed class StateBuffer
{
    private const int BlockBytes = 1 << 20;
    private readonly List<byte[]> blocks = [];
    private readonly List<int> lengths = [];
    private int used;

    /// <summary>How many states there are.</summary>
    public int Count => lengths.Count;

    /// <summary>The states in the order in which they were added; none may be added meanwhile.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> States
    {
        get
        {
            var block = 0;
            var offset = 0;
            foreach (var length in lengths)
            {
                if (blocks[block].Length - offset < length)
                    (block, offset) = (block + 1, 0);
                yield return blocks[block].AsMemory(offset, length);
                offset += length;
            }
        }
    }

    /// <summary>Adds a copy of a state.</summary>
    /// <param name="state">The state.</param>
    public void Add(ReadOnlySpan<byte> state)
    {
        if (blocks.Count == 0 || blocks[^1].Length - used < state.Length)
        {
            blocks.Add(new byte[Math.Max(BlockBytes, state.Length)]);
            used = 0;
        }

        state.CopyTo(blocks[^1].AsSpan(used));
        used += state.Length;
        lengths.Add(state.Length);
    }
}
