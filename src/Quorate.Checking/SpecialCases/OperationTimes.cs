using Quorate.Checking.Histories;

namespace Quorate.Checking.SpecialCases;

/// <summary>When operations were invoked and by when they took effect; an unknown one has no end.</summary>
internal sealed class OperationTimes
{
    public const int Never = int.MaxValue;

    public OperationTimes(IReadOnlyList<HistoryOperation> operations)
    {
        (Invoked, Completed) = (new int[operations.Count], new int[operations.Count]);
        for (var i = 0; i < operations.Count; i++)
        {
            var operation = operations[i];
            Invoked[i] = operation.Invoked;
            Completed[i] = operation.Outcome == HistoryOutcome.Ok ? operation.Completed : Never;
        }
    }

    public int Count => Invoked.Length;

    public int[] Invoked { get; }

    public int[] Completed { get; }

    /// <summary>The places of operations by a key, in one sort of plain numbers.</summary>
    public static int[] InOrderOf(int[] keys, IReadOnlyList<int> places)
    {
        var packed = new long[places.Count];
        for (var i = 0; i < packed.Length; i++)
            packed[i] = ((long)keys[places[i]] << 32) | (uint)places[i];
        Array.Sort(packed);
        return Array.ConvertAll(packed, static p => (int)p);
    }

    /// <summary>The place of the first number that is not below a bound; the length where there is none.</summary>
    /// <param name="sorted">The numbers, the smallest first.</param>
    /// <param name="bound">The bound.</param>
    public static int FirstAtLeast(int[] sorted, int bound)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle] >= bound)
                high = middle;
            else
                low = middle + 1;
        }
        return low;
    }
}
