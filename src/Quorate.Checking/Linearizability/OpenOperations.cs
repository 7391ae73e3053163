namespace Quorate.Checking.Linearizability;

/// <summary>The known operations that have not taken effect, by invocation: a doubly linked list whose removals are undone in reverse.</summary>
internal sealed class OpenOperations
{
    private readonly int[] after;
    private readonly int[] before;

    public OpenOperations(int count)
    {
        // Node i stands at i + 1; node 0 is the head and the tail.
        after = new int[count + 1];
        before = new int[count + 1];
        for (var i = 0; i <= count; i++)
        {
            after[i] = i == count ? 0 : i + 1;
            before[i] = i == 0 ? count : i - 1;
        }
    }

    /// <summary>The first, or -1.</summary>
    public int First => after[0] - 1;

    /// <summary>The one after, or -1.</summary>
    public int After(int node) => after[node + 1] - 1;

    public void Remove(int node)
    {
        after[before[node + 1]] = after[node + 1];
        before[after[node + 1]] = before[node + 1];
    }

    public void Restore(int node)
    {
        after[before[node + 1]] = node + 1;
        before[after[node + 1]] = node + 1;
    }
}
