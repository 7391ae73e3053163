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
}
