namespace Quorate.Checking.SpecialCases;

/// <summary>Numbers in a row, each of which can change, with the least of any range: a tree over the row.</summary>
internal sealed class RangeMinimum
{
    private readonly int size;
    private readonly int[] least;

    public RangeMinimum(ReadOnlySpan<int> values)
    {
        size = 1;
        while (size < values.Length)
            size *= 2;
        least = new int[2 * size];
        Array.Fill(least, int.MaxValue);
        values.CopyTo(least.AsSpan(size));
        for (var node = size - 1; node > 0; node--)
            least[node] = Math.Min(least[2 * node], least[2 * node + 1]);
    }

    public void Set(int place, int value)
    {
        var node = place + size;
        least[node] = value;
        for (node /= 2; node > 0; node /= 2)
            least[node] = Math.Min(least[2 * node], least[2 * node + 1]);
    }

    /// <summary>The least from one place to another, both included.</summary>
    public int Least(int first, int last)
    {
        var result = int.MaxValue;
        for (var (left, right) = (first + size, last + size + 1); left < right; left /= 2, right /= 2)
        {
            if ((left & 1) != 0)
                result = Math.Min(result, least[left++]);
            if ((right & 1) != 0)
                result = Math.Min(result, least[--right]);
        }
        return result;
    }

    /// <summary>The first place in a range with a number below a bound, or -1.</summary>
    public int FindBelow(int first, int last, int bound)
    {
        for (var node = first + size; ; node++)
        {
            // Climb as long as the whole subtree begins here, then go past it or into it.
            while ((node & 1) == 0 && node > 1)
                node /= 2;
            if (least[node] < bound)
            {
                while (node < size)
                    node = least[2 * node] < bound ? 2 * node : 2 * node + 1;
                return node - size <= last ? node - size : -1;
            }
            if ((node & (node + 1)) == 0 || LastOf(node) >= last)
                return -1;
        }
    }

    private int LastOf(int node)
    {
        while (node < size)
            node = 2 * node + 1;
        return node - size;
    }
}
