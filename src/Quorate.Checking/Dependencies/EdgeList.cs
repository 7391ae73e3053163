using Quorate.Checking.Findings;

namespace Quorate.Checking.Dependencies;

/// <summary>The edges of a graph under construction.</summary>
internal sealed class EdgeList(int nodeCount)
{
    private const int FirstCapacity = 1024;
    private int[] from = new int[FirstCapacity];
    private int[] to = new int[FirstCapacity];
    private DependencyKind[] kinds = new DependencyKind[FirstCapacity];

    public int NodeCount { get; private set; } = nodeCount;

    public int Count { get; private set; }

    /// <summary>A node that stands for no transaction but for a bundle of edges.</summary>
    public int AddNode() => NodeCount++;

    public void Add(int source, int target, DependencyKind kind)
    {
        if (Count == from.Length)
        {
            Array.Resize(ref from, Count * 2);
            Array.Resize(ref to, Count * 2);
            Array.Resize(ref kinds, Count * 2);
        }
        from[Count] = source;
        to[Count] = target;
        kinds[Count++] = kind;
    }

    public DependencyGraph ToGraph() => Build(from, to);

    /// <summary>The graph with every edge turned round.</summary>
    public DependencyGraph ToReversed() => Build(to, from);

    private DependencyGraph Build(int[] sources, int[] targets)
    {
        var start = new int[NodeCount + 1];
        for (var i = 0; i < Count; i++)
            start[sources[i] + 1]++;
        for (var i = 0; i < NodeCount; i++)
            start[i + 1] += start[i];
        var next = start.AsSpan(0, NodeCount).ToArray();
        var sorted = new int[Count];
        var sortedKinds = new DependencyKind[Count];
        for (var i = 0; i < Count; i++)
        {
            var place = next[sources[i]]++;
            sorted[place] = targets[i];
            sortedKinds[place] = kinds[i];
        }
        return new DependencyGraph(start, sorted, sortedKinds);
    }
}
