using Quorate.Checking.Linearizability;

namespace Quorate.Checking.SpecialCases;

/// <summary>
/// Whether dequeues of unknown outcome can have taken those of the values left in a queue that must be gone: a value by its deadline, the first
/// completion of a taking of one put after it; and all that were surely in by the moment at which an empty queue was found.
/// </summary>
/// <remarks>
/// An unknown dequeue serves any value whose deadline is after its beginning. So there are enough exactly when at each time no more
/// values must be gone than unknown dequeues had begun. A moment p for an empty queue adds the values put by p to those that must be gone
/// at every time from p on; as this only grows with p, each discovery of an empty queue can be looked at on its own.
/// </remarks>
internal sealed class UnknownDequeues
{
    private readonly ValueLives lives;
    private readonly int[] left;
    private readonly int[] deadline;
    private readonly int[] deadlineBy;
    private readonly int[] begun;

    public UnknownDequeues(ValueLives lives)
    {
        this.lives = lives;
        left = Enumerable.Range(0, lives.Count).Where(lives.IsLeft).ToArray();
        begun = Array.ConvertAll(lives.UnknownTakes, u => lives.Times.Invoked[u]);
        Array.Sort(begun);
        (deadline, deadlineBy) = (new int[lives.Count], new int[lives.Count]);
        FindDeadlines();
    }

    public SpecialVerdict Check()
    {
        var byDeadline = OperationTimes.InOrderOf(deadline, left);
        for (var i = 0; i < byDeadline.Length && deadline[byDeadline[i]] < OperationTimes.Never; i++)
            if (BegunBefore(deadline[byDeadline[i]]) < i + 1)
                return Lost(byDeadline[..(i + 1)], deadline[byDeadline[i]]);
        var moments = lives.Empties.Length > 0 ? new EmptyMoments(lives, left, deadline, begun) : null;
        foreach (var empty in lives.Empties)
            if (!moments!.Any(lives.Times.Invoked[empty], lives.Times.Completed[empty]))
                return Covered(empty);
        return SpecialVerdict.Valid;
    }

    private int BegunBefore(int time)
    {
        var place = Array.BinarySearch(begun, time);
        return place < 0 ? ~place : place;
    }

    // The first end of a taking of a value that was put after this one.
    private void FindDeadlines()
    {
        var invoked = new int[lives.Count];
        for (var value = 0; value < invoked.Length; value++)
            invoked[value] = lives.PutInvoked(value);
        var byInvocation = OperationTimes.InOrderOf(invoked, Enumerable.Range(0, lives.Count).ToArray());
        var first = new int[byInvocation.Length];
        for (var i = byInvocation.Length - 1; i >= 0; i--)
            first[i] = i + 1 < first.Length && lives.TakeCompleted(first[i + 1]) < lives.TakeCompleted(byInvocation[i])
                ? first[i + 1]
                : byInvocation[i];
        var starts = Array.ConvertAll(byInvocation, v => invoked[v]);
        foreach (var value in left)
        {
            var place = ~Array.BinarySearch(starts, lives.PutCompleted(value));
            deadlineBy[value] = place < first.Length ? first[place] : -1;
            deadline[value] = deadlineBy[value] < 0 ? OperationTimes.Never : lives.TakeCompleted(deadlineBy[value]);
        }
    }

    private SpecialVerdict Lost(int[] values, int time)
    {
        var shown = values.Concat(values.Select(v => deadlineBy[v])).Distinct().SelectMany(lives.OperationsOn);
        return SpecialVerdict.Invalid([.. shown, .. lives.UnknownTakes.Where(u => lives.Times.Invoked[u] < time)]);
    }

    private SpecialVerdict Covered(int empty)
    {
        var end = lives.Times.Completed[empty];
        var one = lives.WithEmpties([empty]);
        // Values put after the end of the discovery can still matter: they set deadlines.
        var values = lives.Smallest(part => new UnknownDequeues(one.Of(part)).IsBroken(empty, end));
        return SpecialVerdict.Invalid([empty, .. values.SelectMany(lives.OperationsOn), .. lives.UnknownTakes]);
    }

    private bool IsBroken(int empty, int end) =>
        !new EmptyMoments(lives, left, deadline, begun).Any(lives.Times.Invoked[empty], end);
}
