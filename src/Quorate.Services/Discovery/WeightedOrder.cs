namespace Quorate.Services.Discovery;

/// <summary>Puts instances in the order in which clients should try them.</summary>
/// <remarks>
/// Source: RFC 2782, "Usage rules"; Efraimidis and Spirakis, "Weighted random sampling with a reservoir", 2006: sorting by the logarithm of chance
/// over weight draws one after the other by weight.
/// </remarks>
internal static class WeightedOrder
{
    // A weight of 0 has "a very small chance of being selected".
    private const double LeastWeight = 0.001;

    /// <summary>Those of the least priority first, and those of the same one by chance and weight.</summary>
    /// <param name="endpoints">The instances.</param>
    /// <param name="random">Chance.</param>
    public static ServiceEndpoint[] Of(IReadOnlyList<ServiceEndpoint> endpoints, Random random)
    {
        if (endpoints.Count < 2)
            return [.. endpoints];
        var drawn = new (int Priority, double Draw, ServiceEndpoint Endpoint)[endpoints.Count];
        for (var i = 0; i < drawn.Length; i++)
            drawn[i] = (endpoints[i].Priority, Draw(endpoints[i].Weight, random), endpoints[i]);
        Array.Sort(drawn, static (a, b) => a.Priority != b.Priority ? a.Priority.CompareTo(b.Priority) : a.Draw.CompareTo(b.Draw));
        return Array.ConvertAll(drawn, static d => d.Endpoint);
    }

    private static double Draw(int weight, Random random) => -Math.Log(1 - random.NextDouble()) / Math.Max(weight, LeastWeight);
}
