namespace Quorate.Checking.Linearizability;

/// <summary>Counts by which method the objects of a history were decided.</summary>
internal sealed class MethodTally
{
    // Each object may have its own reason for a search; a few of them tell enough.
    private const int ShownMax = 4;
    private readonly List<string> names = [];
    private readonly List<int> counts = [];

    public void Count(Verdict verdict)
    {
        var place = names.IndexOf(verdict.Method);
        if (place >= 0)
        {
            counts[place]++;
        }
        else if (names.Count < ShownMax)
        {
            names.Add(verdict.Method);
            counts.Add(1);
        }
    }

    /// <summary>The methods in words; how many objects each decided, where there is more than one method.</summary>
    public override string ToString()
    {
        // A history without operations has no objects.
        if (names.Count < 2)
            return names.Count == 0 ? "nothing to check" : names[0];
        return string.Join("; ", names.Select((name, i) => $"{name}: {counts[i]}"));
    }
}
