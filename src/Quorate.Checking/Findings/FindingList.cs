namespace Quorate.Checking.Findings;

/// <summary>Collects contradictions: all are counted, and of each name the first is kept.</summary>
internal sealed class FindingList
{
    private readonly List<Finding> kept = [];
    private readonly Dictionary<string, int> places = [];
    private readonly List<long> counts = [];

    public bool IsEmpty => kept.Count == 0;

    /// <summary>Counts a contradiction, and makes its witness when it is the first of its name.</summary>
    public void Add(string name, Func<Finding> make)
    {
        if (places.TryGetValue(name, out var place))
        {
            counts[place]++;
            return;
        }
        places.Add(name, kept.Count);
        kept.Add(make());
        counts.Add(1);
    }

    public bool Has(string name) => places.ContainsKey(name);

    public IReadOnlyList<Finding> ToFindings() => kept.Select((f, i) => counts[i] == 1 ? f : f with { Count = counts[i] }).ToArray();
}
