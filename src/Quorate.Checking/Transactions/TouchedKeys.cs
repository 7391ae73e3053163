namespace Quorate.Checking.Transactions;

/// <summary>Which keys the transaction at hand has touched. To forget them all costs nothing.</summary>
internal sealed class TouchedKeys(int count)
{
    private readonly int[] stamps = new int[count];
    private int generation;

    /// <summary>Begins a transaction: it has touched nothing.</summary>
    public void Clear() => generation++;

    /// <summary>Touches a key; false when that is not for the first time.</summary>
    public bool TryAdd(int key)
    {
        if (stamps[key] == generation)
            return false;
        stamps[key] = generation;
        return true;
    }

    public bool Contains(int key) => stamps[key] == generation;
}
