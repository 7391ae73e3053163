namespace Quorate.Checking.SpecialCases;

/// <summary>How many intervals cover each gap of a row; intervals come and go, and a gap that none covers is found.</summary>
internal sealed class Coverage
{
    private readonly int size;
    private readonly int[] added;
    private readonly int[] least;

    public Coverage(int gaps)
    {
        size = 1;
        while (size < gaps)
            size *= 2;
        (added, least) = (new int[2 * size], new int[2 * size]);
    }

    /// <summary>Adds to the gaps from one to another, both included.</summary>
    public void Add(int first, int last, int amount)
    {
        if (first <= last)
            Add(1, 0, size - 1, first, last, amount);
    }

    /// <summary>The least that covers a gap of a range.</summary>
    public int Least(int first, int last) => Least(1, 0, size - 1, first, last);

    /// <summary>The first gap of a range that nothing covers, or -1.</summary>
    public int FindFree(int first, int last) => first <= last ? FindFree(1, 0, size - 1, first, last, 0) : -1;

    private void Add(int node, int from, int to, int first, int last, int amount)
    {
        if (first > to || last < from)
            return;
        if (first <= from && to <= last)
        {
            added[node] += amount;
            least[node] += amount;
            return;
        }
        var middle = (from + to) / 2;
        Add(2 * node, from, middle, first, last, amount);
        Add(2 * node + 1, middle + 1, to, first, last, amount);
        least[node] = added[node] + Math.Min(least[2 * node], least[2 * node + 1]);
    }

    private int Least(int node, int from, int to, int first, int last)
    {
        if (first > to || last < from)
            return int.MaxValue;
        if (first <= from && to <= last)
            return least[node];
        var middle = (from + to) / 2;
        var below = Math.Min(Least(2 * node, from, middle, first, last), Least(2 * node + 1, middle + 1, to, first, last));
        return below == int.MaxValue ? below : below + added[node];
    }

    private int FindFree(int node, int from, int to, int first, int last, int above)
    {
        if (first > to || last < from || above + least[node] > 0)
            return -1;
        if (from == to)
            return from;
        var middle = (from + to) / 2;
        var left = FindFree(2 * node, from, middle, first, last, above + added[node]);
        return left >= 0 ? left : FindFree(2 * node + 1, middle + 1, to, first, last, above + added[node]);
    }
}
