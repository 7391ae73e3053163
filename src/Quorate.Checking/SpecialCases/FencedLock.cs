using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Checking.Linearizability;

namespace Quorate.Checking.SpecialCases;

/// <summary>
/// A lock whose tokens grow. They put the acquisitions in order, and each release belongs right behind its acquisition, so the order of
/// everything is known up to phases.
/// </summary>
/// <remarks>
/// Where only a release frees the lock, an acquisition that another follows must have been released, if only by a release of unknown outcome.
/// An acquisition of unknown outcome that nobody released need not have happened.
/// Source: Kleppmann, How to do distributed locking, 2016; Burrows, Chubby, 2006, section 2.4; the phases are <see cref="PhaseOrder"/>.
/// </remarks>
/// <param name="operations">The operations, ok and unknown.</param>
/// <param name="tokens">The token of each acquisition; null for an unknown one and for releases.</param>
/// <param name="acquired">For a release the place of its acquisition, or -1 when there is none; -2 for acquisitions.</param>
/// <param name="leases">Whether a holder may also lose the lock by itself.</param>
internal sealed class FencedLock(IReadOnlyList<HistoryOperation> operations, long?[] tokens, int[] acquired, bool leases) : ISpecialCase
{
    /// <summary>Stands for the acquisition of an operation that is one.</summary>
    public const int IsAcquisition = -2;

    private const int None = -1;
    private const int BytesPerOperation = 64;
    private readonly int[] release = new int[tokens.Length];

    public string Name => "fencing tokens";

    public SpecialVerdict Check(CheckBudget budget)
    {
        if (!budget.TryHold((long)tokens.Length * BytesPerOperation))
            return SpecialVerdict.General(budget.Exhausted!);
        if (FindReleases() is { } verdict)
            return verdict;
        var order = Enumerable.Range(0, tokens.Length).Where(i => tokens[i] is not null).OrderBy(i => tokens[i]!.Value).ToArray();
        var phase = new int[tokens.Length];
        Array.Fill(phase, None);
        for (var i = 0; i < order.Length; i++)
        {
            if (i > 0 && tokens[order[i]] == tokens[order[i - 1]])
                return SpecialVerdict.Invalid(order[i], order[i - 1]);
            phase[order[i]] = 2 * i;
            if (release[order[i]] != None)
                phase[release[order[i]]] = 2 * i + 1;
            if (!leases && i > 0 && release[order[i - 1]] == None)
                return SpecialVerdict.Invalid(order[i - 1], order[i]);
        }
        if (PhaseOrder.FindInversion(new OperationTimes(operations), phase) is not { } pair)
            return SpecialVerdict.Valid;
        return SpecialVerdict.Invalid([.. Episode(pair.Later), .. Episode(pair.Earlier)]);
    }

    /// <summary>Finds the release of each acquisition: a known one, or else one that may have happened.</summary>
    private SpecialVerdict? FindReleases()
    {
        Array.Fill(release, None);
        for (var i = 0; i < acquired.Length; i++)
        {
            var (acquisition, isKnown) = (acquired[i], operations[i].Outcome == HistoryOutcome.Ok);
            if (acquisition == IsAcquisition || !isKnown && (leases || acquisition == None))
                continue;
            if (acquisition == None)
                return SpecialVerdict.Invalid(i);
            if (tokens[acquisition] is null)
            {
                if (!isKnown)
                    continue;
                return SpecialVerdict.General("a lock was released whose acquisition has no token");
            }
            var other = release[acquisition];
            if (other != None && isKnown && operations[other].Outcome == HistoryOutcome.Ok)
                return SpecialVerdict.Invalid(acquisition, other, i);
            if (other != None && !isKnown && operations[other].Outcome != HistoryOutcome.Ok)
                return SpecialVerdict.General("a lock has several releases of unknown outcome");
            if (other == None || isKnown)
                release[acquisition] = i;
        }
        return null;
    }

    private int[] Episode(int operation)
    {
        var acquisition = acquired[operation] == IsAcquisition ? operation : acquired[operation];
        return [acquisition, release[acquisition]];
    }
}
