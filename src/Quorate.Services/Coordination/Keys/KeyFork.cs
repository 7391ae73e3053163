namespace Quorate.Services.Coordination.Keys;

/// <summary>A page that leads to other pages.</summary>
internal sealed class KeyFork : KeyPage
{
    // separators[i] is at most every key of Children[i + 1], and greater than every key of Children[i].
    private readonly byte[][] separators = new byte[Capacity][];

    /// <summary>A new root over the two halves of the old one.</summary>
    /// <param name="left">The left half.</param>
    /// <param name="separator">What separates them.</param>
    /// <param name="right">The right half.</param>
    public KeyFork(KeyPage left, byte[] separator, KeyPage right)
    {
        (Children[0], Children[1], separators[0]) = (left, right, separator);
        Count = 2;
    }

    private KeyFork()
    {
    }

    /// <summary>The pages below; those from <see cref="KeyPage.Count"/> on are null.</summary>
    public KeyPage[] Children { get; } = new KeyPage[Capacity];

    /// <summary>Which page below holds a key, if any does.</summary>
    /// <param name="key">The key.</param>
    public int ChildOf(ReadOnlySpan<byte> key)
    {
        int low = 0, high = Count - 1;
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (separators[middle].AsSpan().SequenceCompareTo(key) <= 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <inheritdoc/>
    public override KeySplit? Insert(KeyNode node)
    {
        var child = ChildOf(node.Key);
        if (Children[child].Insert(node) is not { } split)
            return null;
        if (Count < Capacity)
        {
            Add(child, split);
            return null;
        }

        var (separator, right) = SplitFor(child);
        if (child < Count)
            Add(child, split);
        else
            right.Add(child - Count, split);
        return new KeySplit(separator, right);
    }

    /// <inheritdoc/>
    public override bool Remove(ReadOnlySpan<byte> key)
    {
        var child = ChildOf(key);
        if (!Children[child].Remove(key))
            return false;
        if (Children[child].Count >= Low)
            return true;
        if (child + 1 < Count && Children[child].Count + Children[child + 1].Count <= Capacity)
            Merge(child);
        else if (child > 0 && Children[child - 1].Count + Children[child].Count <= Capacity)
            Merge(child - 1);
        return true;
    }

    /// <inheritdoc/>
    public override void Absorb(KeyPage right, byte[] separator)
    {
        var fork = (KeyFork)right;
        separators[Count - 1] = separator;
        Array.Copy(fork.separators, 0, separators, Count, fork.Count - 1);
        Array.Copy(fork.Children, 0, Children, Count, fork.Count);
        Count += fork.Count;
    }

    /// <inheritdoc/>
    public override int CheckOrder(byte[]? low, byte[]? high)
    {
        var keys = 0;
        for (var child = 0; child < Count; child++)
            keys += Children[child].CheckOrder(child == 0 ? low : separators[child - 1], child == Count - 1 ? high : separators[child]);
        return keys;
    }

    private void Add(int child, KeySplit split)
    {
        Array.Copy(Children, child + 1, Children, child + 2, Count - child - 1);
        Array.Copy(separators, child, separators, child + 1, Count - child - 1);
        Children[child + 1] = split.Right;
        separators[child] = split.Separator;
        Count++;
    }

    private (byte[] Separator, KeyFork Right) SplitFor(int child)
    {
        // As in a leaf: where keys only grow, nearly full pages are left behind.
        var kept = child == Capacity - 1 ? Capacity - 1 : Capacity / 2;
        var right = new KeyFork { Count = Count - kept };
        Array.Copy(Children, kept, right.Children, 0, right.Count);
        Array.Copy(separators, kept, right.separators, 0, right.Count - 1);
        var separator = separators[kept - 1];
        Array.Clear(Children, kept, right.Count);
        Array.Clear(separators, kept - 1, right.Count);
        Count = kept;
        return (separator, right);
    }

    private void Merge(int child)
    {
        Children[child].Absorb(Children[child + 1], separators[child]);
        Array.Copy(Children, child + 2, Children, child + 1, Count - child - 2);
        Array.Copy(separators, child + 1, separators, child, Count - child - 2);
        Count--;
        Children[Count] = null!;
        separators[Count - 1] = null!;
    }
}
