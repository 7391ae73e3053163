using Quorate.Kernel.Invariants;

namespace Quorate.Services.Coordination.Keys;

/// <summary>A page that holds keys, chained to the next one.</summary>
internal sealed class KeyLeaf : KeyPage
{
    /// <summary>The nodes in order of their keys; those from <see cref="KeyPage.Count"/> on are null.</summary>
    public KeyNode[] Nodes { get; } = new KeyNode[Capacity];

    /// <summary>The leaf behind this one.</summary>
    public KeyLeaf? Following { get; private set; }

    /// <summary>The place of a key, or the complement of the place where it would be.</summary>
    /// <param name="key">The key.</param>
    public int Search(ReadOnlySpan<byte> key)
    {
        int low = 0, high = Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            var order = Nodes[middle].Key.AsSpan().SequenceCompareTo(key);
            if (order == 0)
                return middle;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return ~low;
    }

    /// <summary>Puts a node at a place; there must be room.</summary>
    /// <param name="place">The place.</param>
    /// <param name="node">The node.</param>
    public void Insert(int place, KeyNode node)
    {
        Array.Copy(Nodes, place, Nodes, place + 1, Count - place);
        Nodes[place] = node;
        Count++;
    }

    /// <inheritdoc/>
    public override KeySplit? Insert(KeyNode node)
    {
        var place = ~Search(node.Key);
        if (Count < Capacity)
        {
            Insert(place, node);
            return null;
        }

        var right = SplitFor(place);
        if (place > Count || (place == Count && right.Count == 0))
            right.Insert(place - Count, node);
        else
            Insert(place, node);
        return new KeySplit(right.Nodes[0].Key, right);
    }

    /// <inheritdoc/>
    public override bool Remove(ReadOnlySpan<byte> key)
    {
        var place = Search(key);
        if (place < 0)
            return false;
        Count--;
        Array.Copy(Nodes, place + 1, Nodes, place, Count - place);
        Nodes[Count] = null!;
        return true;
    }

    /// <inheritdoc/>
    public override void Absorb(KeyPage right, byte[] separator)
    {
        var leaf = (KeyLeaf)right;
        Array.Copy(leaf.Nodes, 0, Nodes, Count, leaf.Count);
        Count += leaf.Count;
        Following = leaf.Following;
    }

    /// <inheritdoc/>
    public override int CheckOrder(byte[]? low, byte[]? high)
    {
        for (var place = 0; place < Count; place++)
        {
            var key = Nodes[place].Key.AsSpan();
            Invariant.Holds(low is null || key.SequenceCompareTo(low) >= 0, "a key is not before its page");
            Invariant.Holds(high is null || key.SequenceCompareTo(high) < 0, "a key is not behind its page");
            Invariant.Holds(place == 0 || key.SequenceCompareTo(Nodes[place - 1].Key) > 0, "keys ascend");
        }

        return Count;
    }

    /// <summary>Keys that only grow leave full leaves behind: then the right page begins empty. Else the page is halved.</summary>
    private KeyLeaf SplitFor(int place)
    {
        var kept = place == Capacity && Following is null ? Capacity : Capacity / 2;
        var right = new KeyLeaf { Following = Following, Count = Count - kept };
        Array.Copy(Nodes, kept, right.Nodes, 0, right.Count);
        Array.Clear(Nodes, kept, right.Count);
        Count = kept;
        Following = right;
        return right;
    }
}
