namespace Quorate.Checking.SpecialCases;

/// <summary>
/// The windows of the moments at which a counter comes to 1, 2, 3 and so on, up to the highest read: each begins where the last read of less
/// was invoked, and ends where the first read of as much or more was completed.
/// </summary>
internal sealed class CounterSlots
{
    private readonly int[] start;
    private readonly int[] startRead;
    private readonly int[] end;
    private readonly int[] endRead;

    public CounterSlots(OperationTimes times, long[] counts, bool[] reads, int additions)
    {
        // A read of more than all additions together is of one too many, as far as slots go.
        var highest = -1L;
        for (var i = 0; i < reads.Length; i++)
            highest = reads[i] ? Math.Max(highest, Math.Min(counts[i], additions + 1)) : highest;
        Count = (int)Math.Max(highest, 0);
        (start, startRead) = (Filled(-1), Filled(-1));
        (end, endRead) = (Filled(OperationTimes.Never), Filled(-1));
        for (var i = 0; i < reads.Length; i++)
            if (reads[i])
                Bound(i, (int)Math.Min(counts[i], Count), times);
        for (var k = 1; k < start.Length; k++)
            if (start[k - 1] > start[k])
                (start[k], startRead[k]) = (start[k - 1], startRead[k - 1]);
        for (var k = end.Length - 2; k >= 0; k--)
            if (end[k + 1] < end[k])
                (end[k], endRead[k]) = (end[k + 1], endRead[k + 1]);
    }

    /// <summary>The last slot; the one after it stands for all that follow.</summary>
    public int Count { get; }

    public int Start(int slot) => start[slot];

    public int End(int slot) => end[slot];

    /// <summary>The read that begins a window, or -1.</summary>
    public int StartRead(int slot) => startRead[slot];

    /// <summary>The read that ends a window, or -1.</summary>
    public int EndRead(int slot) => endRead[slot];

    /// <summary>The first slot that can be filled by what was invoked then.</summary>
    public int FirstFor(int invoked)
    {
        var (low, high) = (1, Count + 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (end[middle] > invoked)
                high = middle;
            else
                low = middle + 1;
        }
        return low;
    }

    /// <summary>The last slot that can be filled by what was completed then; none of the last one's successors is ever too late.</summary>
    public int LastFor(int completed)
    {
        if (start[Count + 1] < completed)
            return OperationTimes.Never;
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (start[middle] < completed)
                low = middle;
            else
                high = middle - 1;
        }
        return low;
    }

    private int[] Filled(int value)
    {
        var filled = new int[Count + 2];
        Array.Fill(filled, value);
        return filled;
    }

    private void Bound(int read, int count, OperationTimes times)
    {
        if (times.Invoked[read] > start[count + 1])
            (start[count + 1], startRead[count + 1]) = (times.Invoked[read], read);
        if (times.Completed[read] < end[count])
            (end[count], endRead[count]) = (times.Completed[read], read);
    }
}
