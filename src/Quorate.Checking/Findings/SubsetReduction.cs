namespace Quorate.Checking.Findings;

/// <summary>Makes a set smaller as long as it stays broken. Zeller and Hildebrandt, Simplifying and isolating failure-inducing input,
/// 2002.</summary>
internal static class SubsetReduction
{
    /// <summary>A small subset that is still broken, after at most so many attempts.</summary>
    public static List<T> Reduce<T>(List<T> items, Func<List<T>, bool> isBroken, int attempts)
    {
        var size = (items.Count + 1) / 2;
        while (size >= 1 && attempts > 0)
        {
            var smaller = false;
            for (var start = 0; start < items.Count && attempts > 0; start += size)
            {
                var rest = new List<T>(items);
                rest.RemoveRange(start, Math.Min(size, items.Count - start));
                attempts--;
                if (!isBroken(rest))
                    continue;
                items = rest;
                smaller = true;
                start -= size;
            }
            if (!smaller || size > 1)
                size = size == 1 ? 0 : (size + 1) / 2;
        }
        return items;
    }
}
