using Quorate.Checking.Histories;
using Quorate.Checking.Linearizability;

namespace Quorate.Checking.Pages.Witnesses;

/// <summary>One dependency of a cycle, between operations of a history.</summary>
/// <param name="From">The operation before.</param>
/// <param name="To">The operation after.</param>
/// <param name="Label">Why, such as <c>ww</c>, <c>wr</c>, <c>rw</c> or <c>rt</c>.</param>
/// <param name="Detail">What of.</param>
public sealed record DrawnDependency(HistoryOperation From, HistoryOperation To, string Label, string Detail = "");

/// <summary>Draws what a checker found into a drawn history.</summary>
/// <remarks>
/// Guarantee: each operation of the order takes effect at a moment between its invocation and its completion, and none before the one
/// that comes before it.
/// Cost: linear in the witness.
/// Fails when: never; an operation that the drawing does not hold is left out.
/// Source: Herlihy and Wing, 1990, section 2 (linearization points); Adya, 1999 (dependencies).
/// </remarks>
public static class WitnessDrawing
{
    private const long Grain = 100;

    /// <summary>Draws the longest partial order and the operation that fits nowhere after it.</summary>
    /// <param name="drawing">The history.</param>
    /// <param name="witness">What the checker found in it.</param>
    public static PageWitness Of(HistoryDrawing drawing, Witness witness)
    {
        ArgumentNullException.ThrowIfNull(drawing);
        ArgumentNullException.ThrowIfNull(witness);
        var key = witness.Partition.Length > 0 ? $" of key {witness.Partition}" : "";
        return new PageWitness
        {
            Title = witness.Operations.Count == 1
                ? $"Not linearizable: no order explains this operation{key}."
                : FormattableString.Invariant($"Not linearizable: these {witness.Operations.Count} operations{key} have no order."),
            Start = witness.Start,
            End = witness.State,
            Operations = [.. witness.Operations.Select(drawing.PlaceOf).OfType<int>()],
            Order = Points(drawing, [.. witness.Longest.Select(drawing.PlaceOf).OfType<int>()]),
            Stuck = drawing.PlaceOf(witness.Stuck),
        };
    }

    /// <summary>Draws a cycle of dependencies.</summary>
    /// <param name="drawing">The history.</param>
    /// <param name="title">What the cycle shows, in a line.</param>
    /// <param name="cycle">The dependencies, one after another.</param>
    public static PageWitness OfCycle(HistoryDrawing drawing, string title, IReadOnlyList<DrawnDependency> cycle)
    {
        ArgumentNullException.ThrowIfNull(drawing);
        ArgumentNullException.ThrowIfNull(cycle);
        var edges = new List<PageEdge>();
        foreach (var dependency in cycle)
        {
            if (drawing.PlaceOf(dependency.From) is { } from && drawing.PlaceOf(dependency.To) is { } to)
                edges.Add(new PageEdge(from, to, dependency.Label, dependency.Detail));
        }
        return new PageWitness { Title = title, Edges = edges, Operations = [.. edges.SelectMany(e => (int[])[e.From, e.To]).Distinct()] };
    }

    /// <summary>The moments at which the operations may have taken effect, in the middle of where each may lie.</summary>
    private static List<PagePoint> Points(HistoryDrawing drawing, int[] order)
    {
        var latest = new long[order.Length];
        var last = long.MaxValue;
        for (var i = order.Length - 1; i >= 0; i--)
        {
            var operation = drawing.Operations[order[i]];
            if (operation.Outcome == HistoryOutcome.Ok)
                last = Math.Min(last, operation.Ended!.Value);
            latest[i] = last;
        }
        var points = new List<PagePoint>();
        var before = 0L;
        for (var i = 0; i < order.Length; i++)
        {
            var operation = drawing.Operations[order[i]];
            var earliest = Math.Max(before, operation.Invoked);
            var end = latest[i] < long.MaxValue ? latest[i] : operation.Ended ?? earliest;
            var middle = earliest + Math.Max(0, end - earliest) / 2;
            before = Math.Max(earliest, drawing.Axis == PageAxis.Time ? middle - middle % Grain : middle);
            points.Add(new PagePoint(order[i], before));
        }
        return points;
    }
}
