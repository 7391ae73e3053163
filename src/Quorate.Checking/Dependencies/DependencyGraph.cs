using Quorate.Checking.Findings;

namespace Quorate.Checking.Dependencies;

/// <summary>A directed graph: the edges of node <c>n</c> are at <c>Start[n]</c> up to <c>Start[n + 1]</c>.</summary>
/// <param name="Start">Where the edges of each node begin; one more than there are nodes.</param>
/// <param name="Targets">Where each edge leads.</param>
/// <param name="Kinds">What each edge is.</param>
internal sealed record DependencyGraph(int[] Start, int[] Targets, DependencyKind[] Kinds)
{
    /// <summary>
    /// The edge goes on from a node that bundles edges, and is part of the edge that led there. Only rw edges are bundled so.
    /// </summary>
    public const DependencyKind Continued = (DependencyKind)64;

    public int NodeCount => Start.Length - 1;
}
