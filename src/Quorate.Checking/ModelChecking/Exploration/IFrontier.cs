namespace Quorate.Checking.ModelChecking.Exploration;

/// <summary>The states seen and not yet explored, packed in blocks: an object for each would cost more than most states.</summary>
internal interface IFrontier
{
    /// <summary>How many there are.</summary>
    long Count { get; }

    /// <summary>The bytes taken.</summary>
    long Bytes { get; }

    /// <summary>Adds a copy of a state.</summary>
    void Add(int number, int depth, ReadOnlySpan<byte> state);

    /// <summary>Takes the next to explore. Its bytes stay until the next is taken.</summary>
    bool TryTake(out int number, out int depth, out ReadOnlySpan<byte> state);
}
