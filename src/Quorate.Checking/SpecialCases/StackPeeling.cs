namespace Quorate.Checking.SpecialCases;

/// <summary>
/// Whether the lives of values on a stack can be nested. Where at some moment nothing is surely on the stack, the values part: each wholly before
/// it or wholly after it. Where there is no such moment one value must lie below all the others: put before any other operation is over,
/// and taken after every other has begun. Such a one is left out and the rest looked at again. Each step keeps the verdict, so any value will
/// do, and where there is none the history is not that of a stack.
/// </summary>
/// <remarks>
/// Parting at p: a value is not surely there at p, so its putting can come after p or its taking before; then both can lie on one side, and
/// nothing on the right side is over when something on the left begins. Leaving out: the lowest value can be put back around any order of the
/// rest. The values stand by their last invocation, so a part is a run of them. Three trees find the parting moment, the first completion
/// of a part, and a value that has become lowest; each value becomes so once, so the whole takes O(n log n).
/// </remarks>
internal sealed class StackPeeling
{
    // A value that was left is taken after everything: behind all others, and among those that were left in any order.
    private const int AtTheEnd = OperationTimes.Never - 1;
    private const int No = int.MaxValue;
    private readonly int[] values;
    private readonly int[] keys;
    private readonly int[] moments;
    private readonly Coverage coverage;
    private readonly RangeMinimum firstCompletion;
    private readonly RangeMinimum notYetFirst;
    private readonly RangeMinimum notYetLast;
    private readonly RangeMinimum lowest;
    private readonly bool[] isFirst;
    private readonly bool[] isLast;
    private readonly bool[] isGone;
    private readonly (int From, int To)[] gapsOf;

    public StackPeeling(ValueLives lives)
    {
        var last = new int[lives.Count];
        for (var value = 0; value < last.Length; value++)
            last[value] = Math.Max(lives.PutInvoked(value), Math.Min(lives.TakeInvoked(value), AtTheEnd));
        values = OperationTimes.InOrderOf(last, Enumerable.Range(0, lives.Count).ToArray());
        keys = Array.ConvertAll(values, v => last[v]);
        firstCompletion = new(Array.ConvertAll(values, v => Math.Min(lives.PutCompleted(v), lives.TakeCompleted(v))));
        notYetFirst = new(Array.ConvertAll(values, lives.PutInvoked));
        notYetLast = new(Array.ConvertAll(values, v => -lives.TakeCompleted(v)));
        lowest = new(Array.ConvertAll(values, _ => No));
        (isFirst, isLast, isGone) = (new bool[values.Length], new bool[values.Length], new bool[values.Length]);
        var bounds = values.Select(lives.PutCompleted).Concat(values.Select(lives.TakeInvoked));
        moments = [.. keys, .. bounds.Where(m => m < OperationTimes.Never)];
        Array.Sort(moments);
        coverage = new(moments.Length + 1);
        gapsOf = Array.ConvertAll(values, v => (GapAfter(lives.PutCompleted(v)), GapAfter(lives.TakeInvoked(v)) - 1));
        foreach (var (from, to) in gapsOf)
            coverage.Add(from, to, 1);
    }

    /// <summary>Values that cannot be nested, or null when all can.</summary>
    public int[]? FindStuck()
    {
        var parts = new Stack<(int First, int Last)>();
        parts.Push((0, values.Length - 1));
        while (parts.TryPop(out var part))
        {
            var (first, last) = Trim(part.First, part.Last);
            if (first > last)
                continue;
            var gap = coverage.FindFree(GapAfter(keys[first]), GapAfter(keys[last]) - 1);
            if (gap >= 0)
            {
                var right = FirstKeyFrom(moments[gap]);
                parts.Push((first, right - 1));
                parts.Push((right, last));
                continue;
            }
            var value = FindLowest(first, last);
            if (value < 0)
                return Enumerable.Range(first, last - first + 1).Where(v => !isGone[v]).Select(v => values[v]).ToArray();
            LeaveOut(value);
            parts.Push((first, last));
        }
        return null;
    }

    // Those at the ends that are left out; each is passed once, as parts never grow.
    private (int First, int Last) Trim(int first, int last)
    {
        while (first <= last && isGone[first])
            first++;
        while (first <= last && isGone[last])
            last--;
        return (first, last);
    }

    private int FindLowest(int first, int last)
    {
        // Parts only lose values, so who can come first, or last, in one can for good.
        var end = firstCompletion.Least(first, last);
        for (int i; (i = notYetFirst.FindBelow(first, last, end)) >= 0;)
        {
            notYetFirst.Set(i, No);
            isFirst[i] = true;
            if (isLast[i])
                lowest.Set(i, 0);
        }
        for (int i; (i = notYetLast.FindBelow(first, last, -keys[last])) >= 0;)
        {
            notYetLast.Set(i, No);
            isLast[i] = true;
            if (isFirst[i])
                lowest.Set(i, 0);
        }
        return lowest.FindBelow(first, last, 1);
    }

    private void LeaveOut(int value)
    {
        isGone[value] = true;
        coverage.Add(gapsOf[value].From, gapsOf[value].To, -1);
        foreach (var tree in new[] { firstCompletion, notYetFirst, notYetLast, lowest })
            tree.Set(value, No);
    }

    private int FirstKeyFrom(int moment) => OperationTimes.FirstAtLeast(keys, moment);

    private int GapAfter(int moment) => moment == OperationTimes.Never ? moments.Length + 1 : OperationTimes.FirstAtLeast(moments, moment + 1);
}
