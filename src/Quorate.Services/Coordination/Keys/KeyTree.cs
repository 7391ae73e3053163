using Quorate.Kernel.Invariants;

namespace Quorate.Services.Coordination.Keys;

/// <summary>All keys in order of their bytes: a B+ tree whose leaves are chained.</summary>
/// <remarks>
/// Cost: one search is about log2(keys) comparisons over two or three cache-resident levels; 12 to 16 bytes a key.
/// Departure: a page that runs low is merged with a neighbour only where both fit into one page, else it stays low. Source: Bayer and McCreight,
/// "Organization and maintenance of large ordered indexes", 1972; Comer, "The ubiquitous B-tree", 1979.
/// </remarks>
internal sealed class KeyTree
{
    private KeyPage root = new KeyLeaf();

    /// <summary>How many keys there are.</summary>
    public int Count { get; private set; }

    /// <summary>The node of a key, or null.</summary>
    /// <param name="key">The key.</param>
    public KeyNode? Find(ReadOnlySpan<byte> key)
    {
        var leaf = LeafOf(key);
        var place = leaf.Search(key);
        return place >= 0 ? leaf.Nodes[place] : null;
    }

    /// <summary>The node of a key; a new, empty one with a copy of the key where there was none.</summary>
    /// <param name="key">The key.</param>
    public KeyNode GetOrAdd(ReadOnlySpan<byte> key)
    {
        var leaf = LeafOf(key);
        var place = leaf.Search(key);
        if (place >= 0)
            return leaf.Nodes[place];
        var node = new KeyNode(key.ToArray());
        if (leaf.Count < KeyPage.Capacity)
            leaf.Insert(~place, node);
        else
            Insert(node);
        Count++;
        return node;
    }

    /// <summary>Removes a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Whether it was there.</returns>
    public bool Remove(ReadOnlySpan<byte> key)
    {
        if (!root.Remove(key))
            return false;
        Count--;
        while (root is KeyFork { Count: 1 } fork)
            root = fork.Children[0];
        return true;
    }

    /// <summary>Where a walk over the keys in order begins. The tree must not change during the walk.</summary>
    /// <param name="start">The first key that is wanted.</param>
    public KeyCursor From(ReadOnlySpan<byte> start)
    {
        var leaf = LeafOf(start);
        var place = leaf.Search(start);
        return new KeyCursor(leaf, place >= 0 ? place : ~place);
    }

    /// <summary>Stops the node when the tree's shape is wrong. For tests.</summary>
    public void Check()
    {
        var counted = root.CheckOrder(null, null);
        Invariant.Holds(counted == Count, "the tree has as many keys as it counts");
    }

    private KeyLeaf LeafOf(ReadOnlySpan<byte> key)
    {
        var page = root;
        while (page is KeyFork fork)
            page = fork.Children[fork.ChildOf(key)];
        return (KeyLeaf)page;
    }

    private void Insert(KeyNode node)
    {
        if (root.Insert(node) is not { } split)
            return;
        root = new KeyFork(root, split.Separator, split.Right);
    }
}
