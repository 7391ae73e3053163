namespace Quorate.Cli.Scenarios.Clusters;

/// <summary>Counts by name, in the order of the names.</summary>
internal sealed class Metrics
{
    private readonly SortedDictionary<string, long> counts = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, long> Counts => counts;

    public void Add(string name, long count = 1) => counts[name] = counts.GetValueOrDefault(name) + count;
}
