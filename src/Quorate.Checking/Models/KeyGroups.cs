namespace Quorate.Checking.Models;

/// <summary>Which keys belong together because a transaction ties them: a union of sets.</summary>
internal sealed class KeyGroups
{
    private readonly List<int> parents = [];

    public void Join(KeyedAction[] steps)
    {
        foreach (var step in steps)
            Unite(GroupOf(steps[0].Key), GroupOf(step.Key));
    }

    public int GroupOf(int key)
    {
        while (parents.Count <= key)
            parents.Add(parents.Count);
        while (parents[key] != key)
            key = parents[key] = parents[parents[key]];
        return key;
    }

    private void Unite(int first, int second) => parents[Math.Max(first, second)] = Math.Min(first, second);
}
