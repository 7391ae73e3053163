namespace Quorate.Checking.Polygraphs;

/// <summary>Either all edges of one side hold, or all of the other.</summary>
/// <param name="First">One side.</param>
/// <param name="Second">The other.</param>
internal sealed record Choice((int From, int To)[] First, (int From, int To)[] Second);

/// <summary>A graph of which some edges are known and of others only the one or the other (Papadimitriou, 1979).</summary>
/// <param name="Order">The nodes, in an order that the known edges agree with.</param>
/// <param name="Known">The edges that are known.</param>
/// <param name="Choices">The others.</param>
internal sealed record Polygraph(int[] Order, IReadOnlyList<(int From, int To)> Known, IReadOnlyList<Choice> Choices);
