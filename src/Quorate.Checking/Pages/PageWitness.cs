namespace Quorate.Checking.Pages;

/// <summary>
/// What shows that a run is wrong. For linearizability: the longest order of operations that explains a beginning, and the operation that
/// fits nowhere after it. For transactions: a cycle of dependencies.
/// </summary>
public sealed record PageWitness
{
    /// <summary>What it shows, in a line.</summary>
    public required string Title { get; init; }

    /// <summary>The state in which the order begins; empty where there is no order.</summary>
    public string Start { get; init; } = "";

    /// <summary>The state after the order; empty where there is no order.</summary>
    public string End { get; init; } = "";

    /// <summary>Every operation that has a part in it, in any order.</summary>
    public IReadOnlyList<int> Operations { get; init; } = [];

    /// <summary>The order that explains the most, each at a moment between its invocation and its completion.</summary>
    public IReadOnlyList<PagePoint> Order { get; init; } = [];

    /// <summary>The operation that fits nowhere, or null.</summary>
    public int? Stuck { get; init; }

    /// <summary>The dependencies that form a cycle, one after another.</summary>
    public IReadOnlyList<PageEdge> Edges { get; init; } = [];
}

/// <summary>An operation takes effect.</summary>
/// <param name="Operation">Which.</param>
/// <param name="At">The moment of it.</param>
public readonly record struct PagePoint(int Operation, long At);

/// <summary>One operation comes before another.</summary>
/// <param name="From">The one before.</param>
/// <param name="To">The one after.</param>
/// <param name="Label">Why, such as <c>ww</c>, <c>wr</c>, <c>rw</c> or <c>rt</c>.</param>
/// <param name="Detail">What of, such as a key and values.</param>
public sealed record PageEdge(int From, int To, string Label, string Detail = "");
