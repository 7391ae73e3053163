using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Checking.Linearizability;

namespace Quorate.Checking.SpecialCases;

/// <summary>
/// A counter to which one amount is added, over and over. The moment at which it comes to k lies after the invocation of every read that gave
/// less and before the completion of every read that gave k or more. These moments are slots, whose windows move to the right as k grows, so
/// each addition fits a run of slots. There is a linearization exactly when the slots up to the highest read can all be filled, and every
/// known addition has a slot: first come, the one with the earliest last slot first, is best.
/// </summary>
/// <remarks>
/// Slots beyond the highest read take any number of additions. An unknown addition has no last slot and needs none. Where a slot stays empty or
/// an addition is left over, Hall's theorem gives the witness: slots in a row for which there are too few additions, or too many.
/// Source: Gibbons, Bruno and Phillips, Black-box correctness tests for basic parallel data structures, 2002 (the problem); Glover, Maximum
/// matching in a convex bipartite graph, 1967 (the greedy); Mendelsohn and Dulmage, 1958 (that both conditions can be met at once).
/// </remarks>
/// <param name="operations">The operations, ok and unknown; no unknown reads.</param>
/// <param name="counts">For a read how many additions it saw; -1 for a number that no count of them makes.</param>
/// <param name="reads">Which of them read.</param>
/// <param name="stateOf">The state of the specification after so many additions.</param>
internal sealed class UnitCounter(IReadOnlyList<HistoryOperation> operations, long[] counts, bool[] reads, Func<long, int> stateOf)
    : ISpecialCase
{
    private const int BytesPerOperation = 96;
    private readonly OperationTimes times = new(operations);

    public string Name => "one amount";

    public SpecialVerdict Check(CheckBudget budget)
    {
        if (!budget.TryHold((long)counts.Length * BytesPerOperation))
            return SpecialVerdict.General(budget.Exhausted!);
        var additions = Enumerable.Range(0, reads.Length).Where(i => !reads[i]).ToArray();
        var impossible = Enumerable.Range(0, reads.Length).Where(i => reads[i] && counts[i] < 0).Take(1).ToArray();
        if (impossible.Length > 0)
            return SpecialVerdict.Invalid(impossible);
        var slots = new CounterSlots(times, counts, reads, additions.Length);
        for (var k = 1; k <= slots.Count; k++)
            if (slots.Start(k) > slots.End(k))
                return Invalid(slots.EndRead(k), slots.StartRead(k), []);
        return Fill(slots, additions);
    }

    private SpecialVerdict Fill(CounterSlots slots, int[] additions)
    {
        var (first, last) = (new int[times.Count], new int[times.Count]);
        foreach (var addition in additions)
            (first[addition], last[addition]) = (slots.FirstFor(times.Invoked[addition]), slots.LastFor(times.Completed[addition]));
        var byFirst = OperationTimes.InOrderOf(first, additions);
        var waiting = new PriorityQueue<int, int>();
        var next = 0;
        for (var k = 1; k <= slots.Count + 1; k++)
        {
            for (; next < byFirst.Length && first[byFirst[next]] <= k; next++)
                waiting.Enqueue(byFirst[next], last[byFirst[next]]);
            if (waiting.TryPeek(out var addition, out var end) && end < k)
                return TooMany(slots, additions, first, last, end);
            if (k <= slots.Count && !waiting.TryDequeue(out addition, out _))
                return TooFew(slots, additions, first, last, k);
        }
        return SpecialVerdict.Valid;
    }

    // The shortest run of slots that ends with this one and has fewer additions that fit any of it than slots.
    private SpecialVerdict TooFew(CounterSlots slots, int[] additions, int[] first, int[] last, int slot)
    {
        var byLast = OperationTimes.InOrderOf(last, additions.Where(a => first[a] <= slot).ToArray());
        var next = byLast.Length - 1;
        for (var start = slot; start >= 1; start--)
        {
            while (next >= 0 && last[byLast[next]] >= start)
                next--;
            if (byLast.Length - 1 - next < slot - start + 1)
                return Invalid(slots.StartRead(start), slots.EndRead(slot), byLast[(next + 1)..]);
        }
        return SpecialVerdict.General("no run of slots shows what is wrong");
    }

    // The shortest run of slots up to this one outside of which none of too many additions fit.
    private SpecialVerdict TooMany(CounterSlots slots, int[] additions, int[] first, int[] last, int slot)
    {
        var byFirst = OperationTimes.InOrderOf(first, additions.Where(a => last[a] <= slot).ToArray());
        var next = byFirst.Length - 1;
        for (var start = slot + 1; start >= 1; start--)
        {
            while (next >= 0 && first[byFirst[next]] >= start)
                next--;
            if (byFirst.Length - 1 - next > slot - start + 1)
                return Invalid(start > 1 ? slots.EndRead(start - 1) : -1, slots.StartRead(slot + 1), byFirst[(next + 1)..]);
        }
        return SpecialVerdict.General("no run of slots shows what is wrong");
    }

    // From the earlier read on, which fixes the count, these additions do not make what the later read saw.
    private SpecialVerdict Invalid(int earlier, int later, IReadOnlyList<int> additions) =>
        SpecialVerdict.Invalid([earlier, later, .. additions]) with { Start = stateOf(earlier < 0 ? 0 : counts[earlier]) };
}
