namespace Quorate.Checking.SpecialCases;

/// <summary>
/// The moments at which a queue can have been empty although values were left in it: no value that was taken is surely in, and unknown
/// dequeues can have taken all that were put by then, without missing the deadline of another.
/// </summary>
internal sealed class EmptyMoments
{
    private readonly int[] breaks;
    private readonly int[] possible;

    public EmptyMoments(ValueLives lives, int[] left, int[] deadline, int[] begun)
    {
        var known = Enumerable.Range(0, lives.Count)
            .Where(v => !lives.IsLeft(v) && lives.PutCompleted(v) < lives.TakeInvoked(v)).ToArray();
        var puts = left.Select(v => lives.PutCompleted(v)).ToArray();
        var due = left.Select(v => deadline[v]).ToArray();
        Array.Sort(puts, due);
        var dues = due.Where(d => d < OperationTimes.Never).Order().ToArray();
        breaks = [.. known.Select(lives.PutCompleted), .. known.Select(lives.TakeInvoked), .. puts, .. begun, .. dues];
        Array.Sort(breaks);
        var coverage = new Coverage(breaks.Length + 1);
        foreach (var value in known)
            coverage.Add(GapAfter(lives.PutCompleted(value)), GapAfter(lives.TakeInvoked(value)) - 1, 1);
        possible = new int[breaks.Length + 2];
        var slack = SlackOf(dues, begun);
        var (put, taken, passed) = (0, 0, 0);
        // A gap lies before each break, and one behind the last.
        for (var gap = 0; gap <= breaks.Length; gap++)
        {
            var start = gap == 0 ? -1 : breaks[gap - 1];
            for (; put < puts.Length && puts[put] <= start; put++)
                slack?.Add(0, OperationTimes.FirstAtLeast(dues, due[put]) - 1, -1);
            while (taken < begun.Length && begun[taken] <= start)
                taken++;
            while (passed < dues.Length && dues[passed] <= start)
                passed++;
            var isFree = coverage.Least(gap, gap) == 0 && put <= taken && (passed == dues.Length || slack!.Least(passed, dues.Length - 1) >= 0);
            possible[gap + 1] = possible[gap] + (isFree ? 1 : 0);
        }
    }

    /// <summary>Whether there is such a moment between two events.</summary>
    public bool Any(int start, int end)
    {
        // The gaps that end after the start and begin before the end.
        var (first, last) = (GapAfter(start), OperationTimes.FirstAtLeast(breaks, end));
        return possible[last + 1] > possible[first];
    }

    // How many more unknown dequeues had begun by each deadline than values were due by it.
    private static Coverage? SlackOf(int[] dues, int[] begun)
    {
        if (dues.Length == 0)
            return null;
        var slack = new Coverage(dues.Length);
        for (var i = 0; i < dues.Length; i++)
            slack.Add(i, i, OperationTimes.FirstAtLeast(begun, dues[i]) - OperationTimes.FirstAtLeast(dues, dues[i] + 1));
        return slack;
    }

    private int GapAfter(int time) => OperationTimes.FirstAtLeast(breaks, time + 1);
}
