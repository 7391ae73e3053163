namespace Quorate.Services.Coordination.Keys;

/// <summary>A page of the tree of keys.</summary>
internal abstract class KeyPage
{
    /// <summary>The most entries of a page.</summary>
    public const int Capacity = 64;

    /// <summary>A page with fewer entries looks for a neighbour to merge with.</summary>
    public const int Low = Capacity / 4;

    /// <summary>How many entries it has.</summary>
    public int Count { get; protected set; }

    /// <summary>Adds a key that is not there, and splits the page where it is full.</summary>
    /// <param name="node">The key's node.</param>
    /// <returns>The new page to the right and the key that separates it, where the page was split.</returns>
    public abstract KeySplit? Insert(KeyNode node);

    /// <summary>Removes a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Whether it was there.</returns>
    public abstract bool Remove(ReadOnlySpan<byte> key);

    /// <summary>Takes over everything of the page to the right.</summary>
    /// <param name="right">That page; not used any more.</param>
    /// <param name="separator">The key that separated them.</param>
    public abstract void Absorb(KeyPage right, byte[] separator);

    /// <summary>Checks the order of everything below, and counts the keys.</summary>
    /// <param name="low">No key may be smaller.</param>
    /// <param name="high">Every key must be smaller.</param>
    public abstract int CheckOrder(byte[]? low, byte[]? high);
}

/// <summary>What splitting a page gives.</summary>
/// <param name="Separator">Every key of the right page is at least this.</param>
/// <param name="Right">The new page.</param>
internal sealed record KeySplit(byte[] Separator, KeyPage Right);
