namespace Quorate.Checking.ModelChecking.Exploration;

/// <summary>A list that grows without copying, so that it never takes twice its memory.</summary>
internal sealed class Chunks<T>(int bytesEach)
    where T : struct
{
    private const int ChunkBits = 14;
    private readonly List<T[]> chunks = [];

    /// <summary>How many there are.</summary>
    public long Count { get; private set; }

    /// <summary>The bytes taken.</summary>
    public long Bytes => (long)chunks.Count * bytesEach << ChunkBits;

    public ref T this[long index] => ref chunks[(int)(index >> ChunkBits)][(int)index & ((1 << ChunkBits) - 1)];

    public void Add(T item)
    {
        if (Count >> ChunkBits == chunks.Count)
            chunks.Add(new T[1 << ChunkBits]);
        this[Count++] = item;
    }
}
