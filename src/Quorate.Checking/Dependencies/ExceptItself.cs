using Quorate.Checking.Findings;

namespace Quorate.Checking.Dependencies;

/// <summary>
/// Edges from each of some nodes to each of others but never to itself: all of them when they are few, else through two chains of bundling
/// nodes, one for all that come before a place and one for all that come after, so that they stay linear in number.
/// </summary>
internal static class ExceptItself
{
    private const long DirectMax = 64;

    /// <summary>Adds rw edges from all sources to all targets.</summary>
    public static void AddTo(EdgeList edges, List<int> sources, List<int> targets)
    {
        if ((long)sources.Count * targets.Count <= DirectMax)
        {
            foreach (var source in sources)
                foreach (var target in targets)
                    if (source != target)
                        edges.Add(source, target, DependencyKind.ReadWrite);
            return;
        }
        var before = Chain(edges, targets, fromEnd: false);
        var after = Chain(edges, targets, fromEnd: true);
        var placeOf = new Dictionary<int, int>();
        for (var i = 0; i < targets.Count; i++)
            placeOf[targets[i]] = i;
        foreach (var source in sources)
        {
            var own = placeOf.TryGetValue(source, out var place);
            if (!own)
                edges.Add(source, before[^1], DependencyKind.ReadWrite);
            if (own && place > 0)
                edges.Add(source, before[place - 1], DependencyKind.ReadWrite);
            if (own && place < targets.Count - 1)
                edges.Add(source, after[place + 1], DependencyKind.ReadWrite);
        }
    }

    // Node i of the chain leads to target i and to the node before it (or after it), and so to all of them.
    private static int[] Chain(EdgeList edges, List<int> targets, bool fromEnd)
    {
        var nodes = new int[targets.Count];
        for (var i = 0; i < targets.Count; i++)
            nodes[i] = edges.AddNode();
        for (var i = 0; i < targets.Count; i++)
        {
            edges.Add(nodes[i], targets[i], DependencyGraph.Continued);
            var neighbour = fromEnd ? i + 1 : i - 1;
            if (neighbour >= 0 && neighbour < targets.Count)
                edges.Add(nodes[i], nodes[neighbour], DependencyGraph.Continued);
        }
        return nodes;
    }
}
