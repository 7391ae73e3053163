namespace Quorate.Services.Coordination.Keys;

/// <summary>A walk over the keys of a tree in order. It ends to be valid when the tree changes.</summary>
internal struct KeyCursor
{
    private KeyLeaf? leaf;
    private int next;

    /// <summary>A walk from a place on.</summary>
    /// <param name="leaf">The leaf.</param>
    /// <param name="place">The place in the leaf; may be behind its last key.</param>
    public KeyCursor(KeyLeaf leaf, int place)
    {
        this.leaf = leaf;
        next = place;
    }

    /// <summary>The next key's node, or null at the end.</summary>
    public KeyNode? Next()
    {
        while (leaf is not null)
        {
            if (next < leaf.Count)
                return leaf.Nodes[next++];
            leaf = leaf.Following;
            next = 0;
        }

        return null;
    }
}
