using Quorate.Checking.Findings;

namespace Quorate.Checking.Dependencies;

/// <summary>An edge of a path.</summary>
internal readonly record struct GraphEdge(int From, int To, DependencyKind Kind);
