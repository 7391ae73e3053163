using Quorate.Kernel.Encoding;

namespace Quorate.Services.Coordination.Keys;

/// <summary>Ranges of keys, and which of them hold a key: a balanced search tree by start and end, where each node knows the furthest end
/// below it.</summary>
/// <remarks>
/// Cost: adding and removing take logarithmic time, a question the same and the length of its answer.
/// Source: Seidel and Aragon, "Randomized search trees", 1996; Cormen et al., "Introduction to algorithms", chapter 14.3 (interval trees).
/// </remarks>
/// <typeparam name="T">What hangs on a range.</typeparam>
internal sealed class RangeTreap<T>
    where T : class, new()
{
    private Node? root;
    private ulong added;

    /// <summary>What hangs on a range, made where there is nothing.</summary>
    /// <param name="range">The range; not of one key.</param>
    public T GetOrAdd(KeyRange range)
    {
        for (var node = root; node is not null;)
        {
            var order = Compare(range, node.Range);
            if (order == 0)
                return node.Value;
            node = order < 0 ? node.Left : node.Right;
        }

        var fresh = new Node(range.Copy(), StableHash.Combine(0, ++added));
        root = Insert(root, fresh);
        return fresh.Value;
    }

    /// <summary>Removes a range.</summary>
    /// <param name="range">The range.</param>
    public void Remove(KeyRange range) => root = Remove(root, range);

    /// <summary>Finds what hangs on all ranges that hold a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="found">Where they are put.</param>
    public void Find(ReadOnlySpan<byte> key, List<T> found) => Find(root, key, found);

    /// <summary>Whether any range holds a key.</summary>
    /// <param name="key">The key.</param>
    public bool Holds(ReadOnlySpan<byte> key) => Holds(root, key);

    private static bool Holds(Node? node, ReadOnlySpan<byte> key)
    {
        if (node is null || !node.Furthest.Reaches(key))
            return false;
        if (Holds(node.Left, key))
            return true;
        return node.Range.Start.Span.SequenceCompareTo(key) <= 0 && (node.Range.Reaches(key) || Holds(node.Right, key));
    }

    private static void Find(Node? node, ReadOnlySpan<byte> key, List<T> found)
    {
        if (node is null || !node.Furthest.Reaches(key))
            return;
        Find(node.Left, key, found);
        if (node.Range.Start.Span.SequenceCompareTo(key) > 0)
            return;
        if (node.Range.Reaches(key))
            found.Add(node.Value);
        Find(node.Right, key, found);
    }

    private static Node Insert(Node? node, Node fresh)
    {
        if (node is null)
            return fresh;
        if (Compare(fresh.Range, node.Range) < 0)
        {
            node.Left = Insert(node.Left, fresh);
            return node.Left.Priority > node.Priority ? RotateRight(node) : node.Refreshed();
        }

        node.Right = Insert(node.Right, fresh);
        return node.Right.Priority > node.Priority ? RotateLeft(node) : node.Refreshed();
    }

    private static Node? Remove(Node? node, KeyRange range)
    {
        if (node is null)
            return null;
        var order = Compare(range, node.Range);
        if (order == 0)
            return Join(node.Left, node.Right);
        if (order < 0)
            node.Left = Remove(node.Left, range);
        else
            node.Right = Remove(node.Right, range);
        return node.Refreshed();
    }

    private static Node? Join(Node? left, Node? right)
    {
        if (left is null || right is null)
            return left ?? right;
        if (left.Priority > right.Priority)
        {
            left.Right = Join(left.Right, right);
            return left.Refreshed();
        }

        right.Left = Join(left, right.Left);
        return right.Refreshed();
    }

    private static Node RotateRight(Node node)
    {
        var left = node.Left!;
        (node.Left, left.Right) = (left.Right, node);
        node.Refreshed();
        return left.Refreshed();
    }

    private static Node RotateLeft(Node node)
    {
        var right = node.Right!;
        (node.Right, right.Left) = (right.Left, node);
        node.Refreshed();
        return right.Refreshed();
    }

    private static int Compare(KeyRange a, KeyRange b)
    {
        var order = a.Start.Span.SequenceCompareTo(b.Start.Span);
        return order != 0 ? order : CompareEnds(a, b);
    }

    private static int CompareEnds(KeyRange a, KeyRange b)
    {
        if (a.IsOpen || b.IsOpen)
            return a.IsOpen.CompareTo(b.IsOpen);
        return a.End.Span.SequenceCompareTo(b.End.Span);
    }

    private sealed class Node(KeyRange range, ulong priority)
    {
        public KeyRange Range { get; } = range;

        public ulong Priority { get; } = priority;

        public T Value { get; } = new();

        public KeyRange Furthest { get; private set; } = range;

        public Node? Left { get; set; }

        public Node? Right { get; set; }

        public Node Refreshed()
        {
            Furthest = Range;
            Take(Left);
            Take(Right);
            return this;
        }

        private void Take(Node? child)
        {
            if (child is not null && CompareEnds(child.Furthest, Furthest) > 0)
                Furthest = child.Furthest;
        }
    }
}
