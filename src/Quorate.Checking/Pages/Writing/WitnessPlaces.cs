namespace Quorate.Checking.Pages.Writing;

/// <summary>A witness whose operations stand in other places.</summary>
internal static class WitnessPlaces
{
    /// <summary>The same witness by the new places. All of its operations have one.</summary>
    public static PageWitness Move(PageWitness witness, int[] places) => witness with
    {
        Operations = [.. witness.Operations.Select(o => places[o])],
        Order = [.. witness.Order.Select(p => p with { Operation = places[p.Operation] })],
        Stuck = witness.Stuck is { } stuck ? places[stuck] : null,
        Edges = [.. witness.Edges.Select(e => e with { From = places[e.From], To = places[e.To] })],
    };
}
