namespace Quorate.Checking.SpecialCases;

/// <summary>
/// The times at which values are surely in a collection: from the end of the putting to the beginning of the taking. What found it empty must
/// fit into a moment that none covers.
/// </summary>
internal static class PresenceIntervals
{
    /// <summary>An operation that found nothing though at every moment of it something was there, with values that cover it; or null.</summary>
    public static (int Empty, List<int> Values)? FindCovered(ValueLives lives)
    {
        if (lives.Empties.Length == 0)
            return null;
        var values = Enumerable.Range(0, lives.Count).Where(v => lives.PutCompleted(v) < lives.TakeInvoked(v)).ToArray();
        var starts = new int[lives.Count];
        foreach (var value in values)
            starts[value] = lives.PutCompleted(value);
        var byStart = OperationTimes.InOrderOf(starts, values);
        var (next, reach) = (0, -1);
        foreach (var empty in OperationTimes.InOrderOf(lives.Times.Invoked, lives.Empties))
        {
            // How far what began before this one, and all that continues it without a gap, covers the time.
            var until = lives.Times.Completed[empty];
            for (; next < byStart.Length && starts[byStart[next]] < Math.Max(lives.Times.Invoked[empty], Math.Min(reach, until)); next++)
                reach = Math.Max(reach, lives.TakeInvoked(byStart[next]));
            if (reach > until)
                return (empty, Chain(lives, byStart, starts, empty));
        }
        return null;
    }

    // Of those that begin where something covers, always the one that reaches furthest.
    private static List<int> Chain(ValueLives lives, int[] byStart, int[] starts, int empty)
    {
        var chain = new List<int>();
        var (next, reach) = (0, lives.Times.Invoked[empty]);
        while (reach < lives.Times.Completed[empty])
        {
            var furthest = -1;
            for (; next < byStart.Length && starts[byStart[next]] < reach; next++)
                if (furthest < 0 || lives.TakeInvoked(byStart[next]) > lives.TakeInvoked(furthest))
                    furthest = byStart[next];
            if (furthest < 0 || lives.TakeInvoked(furthest) <= reach)
                break;
            chain.Add(furthest);
            reach = lives.TakeInvoked(furthest);
        }
        return chain;
    }
}
