using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Linearizability;

/// <summary>Finds a small witness of a violation.</summary>
/// <remarks>
/// Guarantee: what is left out of the witness could not have made the history linearizable, so the witness proves the violation.
/// Cost: one check of a shrinking part for each operation left out, within the bounds given.
/// Fails when: never; past its bounds the witness is only larger, or not confirmed.
/// Source: the shortest prefix by Wing and Gong's search; leaving out in chunks after Zeller and Hildebrandt, 2002.
/// </remarks>
public sealed class WitnessFinder
{
    private const int CutsTried = 16;
    private const int ConfigurationsMax = 20_000;
    private const int FrontierStepsMax = 2_000_000;
    private readonly HistoryPartition whole;
    private readonly CheckLimits limits;
    private readonly CancellationToken cancellationToken;
    private List<int> kept;
    private int initial;
    private long stepsLeft;

    private WitnessFinder(Violation violation, CheckLimits limits, CancellationToken cancellationToken)
    {
        whole = violation.Partition;
        this.limits = limits;
        this.cancellationToken = cancellationToken;
        initial = whole.Specification.Initial;
        stepsLeft = limits.StepsMax;
        // What was invoked after the stuck completion comes after it in any order, so it cannot help.
        var end = whole.Operations[violation.Stuck].Completed;
        kept = Enumerable.Range(0, whole.Operations.Count).Where(i => whole.Operations[i].Invoked < end).ToList();
    }

    /// <summary>Finds a witness.</summary>
    /// <param name="violation">What the checker found.</param>
    /// <param name="limits">Bounds on the whole search for a small one; null for 20 million steps.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Witness Find(Violation violation, CheckLimits? limits = null, CancellationToken cancellationToken = default)
    {
        var finder = new WitnessFinder(violation, limits ?? new CheckLimits { StepsMax = 20_000_000 }, cancellationToken);
        finder.Shrink();
        finder.CutStart();
        finder.Shrink();
        return finder.ToWitness();
    }

    private HistoryPartition Part(IReadOnlyList<int> places, int start) => new(
        whole.Name, places.Select(p => whole.Operations[p]).ToArray(), new PartSpecification(whole.Specification, places, start));

    private bool IsInvalid(IReadOnlyList<int> places, int start)
    {
        if (stepsLeft <= 0)
            return false;
        var verdict = LinearizabilityChecker.CheckPartition(Part(places, start), limits with { StepsMax = stepsLeft }, cancellationToken);
        stepsLeft -= verdict.Steps + places.Count;
        return verdict.Outcome == CheckOutcome.Invalid;
    }

    /// <summary>Leaves out operations in chunks that get smaller, as long as the rest is still a violation.</summary>
    private void Shrink()
    {
        for (var chunk = Math.Max(1, kept.Count / 2); chunk >= 1; chunk /= 2)
            for (var again = true; again && stepsLeft > 0;)
                again = TryWithoutChunks(chunk) && chunk == 1;
    }

    private bool TryWithoutChunks(int chunk)
    {
        var shrunk = false;
        for (var start = 0; start < kept.Count && stepsLeft > 0; start += chunk)
        {
            var rest = Without(start, chunk);
            if (rest.Count == kept.Count || !IsInvalid(rest, initial))
                continue;
            kept = rest;
            start -= chunk;
            shrunk = true;
        }
        return shrunk;
    }

    /// <summary>The operations without those of a chunk that may soundly be left out.</summary>
    private List<int> Without(int start, int count)
    {
        var rest = new List<int>(kept);
        for (var i = Math.Min(start + count, kept.Count) - 1; i >= start; i--)
        {
            stepsLeft -= rest.Count;
            if (MayLeaveOut(rest, kept[i]))
                rest.RemoveAt(i);
        }
        return rest;
    }

    /// <summary>
    /// Whether any order that explains the operations still does so without one of them: it changes nothing, or nobody can see its change,
    /// because whoever would look for it was done before it, or comes after another change that came after it.
    /// </summary>
    private bool MayLeaveOut(List<int> rest, int writer)
    {
        var specification = whole.Specification;
        if (specification.IsObserver(writer))
            return true;
        var hiddenFrom = HiddenFrom(rest, writer);
        foreach (var observer in rest)
            if (observer != writer && specification.Observes(observer, writer) && !Before(observer, writer)
                && whole.Operations[observer].Invoked <= hiddenFrom)
                return false;
        return true;
    }

    /// <summary>The first moment by which another change has certainly replaced that of an operation.</summary>
    private int HiddenFrom(List<int> rest, int writer)
    {
        var first = HistoryOperation.Open;
        foreach (var between in rest)
            if (Before(writer, between) && whole.Operations[between].Completed < first && whole.Specification.Settles(between)
                && !whole.Specification.IsObserver(between))
                first = whole.Operations[between].Completed;
        return first;
    }

    private bool Before(int first, int second) => whole.Operations[first].Completed < whole.Operations[second].Invoked;

    /// <summary>Begins at the latest quiet moment with one possible state from which the rest is still a violation.</summary>
    private void CutStart()
    {
        var check = new FrontierCheck(Part(kept, initial), ConfigurationsMax, FrontierStepsMax);
        check.Run();
        foreach (var (place, state) in check.Cuts.Reverse().Take(CutsTried))
        {
            var rest = kept.Where(i => whole.Operations[i].Invoked > place || whole.Operations[i].Outcome != HistoryOutcome.Ok).ToList();
            if (!IsInvalid(rest, state))
                continue;
            (kept, initial) = (rest, state);
            return;
        }
    }

    private Witness ToWitness()
    {
        var part = Part(kept, initial);
        var problem = new SearchProblem(part);
        var budget = new CheckBudget(limits, cancellationToken);
        var search = new LinearizationSearch(problem, budget);
        search.Run();
        var furthest = search.Furthest;
        var again = new LinearizationSearch(problem, new CheckBudget(limits, cancellationToken));
        again.Run(furthest);
        return new Witness(
            whole.Name,
            part.Operations,
            whole.Specification.Describe(initial),
            again.Order().Select(i => part.Operations[i]).ToArray(),
            whole.Specification.Describe(again.State),
            part.Operations[problem.ByCompletion[Math.Min(furthest, problem.ByCompletion.Length - 1)]],
            new FrontierCheck(part, ConfigurationsMax, FrontierStepsMax).Run() == false);
    }
}
