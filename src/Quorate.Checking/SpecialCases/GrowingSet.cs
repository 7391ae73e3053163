using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Checking.Linearizability;

namespace Quorate.Checking.SpecialCases;

/// <summary>
/// A set that only grows, each element added at most once, and that is read as a whole. Of two reads one must hold all that the other does; so
/// the reads stand in the order of their sizes, each addition comes between the last read without its element and the first with it, and the
/// order of everything is known up to phases.
/// </summary>
/// <remarks>
/// An unknown addition that nobody read need not have happened. Source: the phases are <see cref="PhaseOrder"/>; unique values as in Bouajjani,
/// Emmi, Enea and Hamza, On reducing linearizability to state reachability, 2018.
/// </remarks>
/// <param name="operations">The operations, ok and unknown; no unknown reads.</param>
/// <param name="elements">The elements that each adds or reads, each once, by number.</param>
/// <param name="reads">Which of them read.</param>
/// <param name="elementCount">How many elements there are.</param>
/// <param name="view">The specification of a few of the operations when only some elements are looked at.</param>
internal sealed class GrowingSet(
    IReadOnlyList<HistoryOperation> operations,
    int[][] elements,
    bool[] reads,
    int elementCount,
    Func<IReadOnlyList<int>, int[], ISequentialSpecification> view) : ISpecialCase
{
    private const int None = -1;
    private const int BytesPerOperation = 64;
    private readonly int[] adds = new int[elementCount];
    private readonly int[] groupOf = new int[elementCount];
    private readonly List<int> readOfGroup = [None];

    public string Name => "unique elements";

    public SpecialVerdict Check(CheckBudget budget)
    {
        if (!budget.TryHold((long)elements.Length * BytesPerOperation))
            return SpecialVerdict.General(budget.Exhausted!);
        Array.Fill(adds, None);
        Array.Fill(groupOf, None);
        for (var i = 0; i < reads.Length; i++)
        {
            if (reads[i])
                continue;
            if (adds[elements[i][0]] != None)
                return SpecialVerdict.General($"{operations[i].Input} is added twice");
            adds[elements[i][0]] = i;
        }
        var phase = new int[reads.Length];
        return ReadInOrder(phase) ?? AddInOrder(phase);
    }

    /// <summary>Puts the reads in the order of their sizes, and gives them their phases.</summary>
    private SpecialVerdict? ReadInOrder(int[] phase)
    {
        var sizes = Array.ConvertAll(elements, e => e.Length);
        var (seen, last) = (0, None);
        foreach (var read in OperationTimes.InOrderOf(sizes, Enumerable.Range(0, reads.Length).Where(i => reads[i]).ToArray()))
        {
            foreach (var element in elements[read])
                if (adds[element] == None)
                    return Invalid([read], [element]);
            if (elements[read].Count(e => groupOf[e] != None) < seen)
                return Disagreement(last, read);
            if (elements[read].Length > seen)
                readOfGroup.Add(read);
            foreach (var element in elements[read])
                if (groupOf[element] == None)
                    groupOf[element] = readOfGroup.Count - 1;
            (seen, last) = (elements[read].Length, read);
            readOfGroup[^1] = read;
            phase[read] = 2 * (readOfGroup.Count - 1);
        }
        return null;
    }

    private SpecialVerdict AddInOrder(int[] phase)
    {
        for (var i = 0; i < reads.Length; i++)
        {
            if (reads[i])
                continue;
            var group = groupOf[elements[i][0]];
            phase[i] = group != None ? 2 * group - 1 : operations[i].Outcome == HistoryOutcome.Ok ? 2 * readOfGroup.Count - 1 : None;
        }
        if (PhaseOrder.FindInversion(new OperationTimes(operations), phase) is not { } pair)
            return SpecialVerdict.Valid;
        var (later, earlier) = pair;
        if (!reads[later])
            return reads[earlier]
                ? Invalid([later, earlier], elements[later])
                : Invalid([later, earlier, readOfGroup[groupOf[elements[earlier][0]]]], [elements[later][0], elements[earlier][0]]);
        return reads[earlier] ? Disagreement(later, earlier) : Invalid([later, earlier], elements[earlier]);
    }

    /// <summary>Two reads, of which the first has an element that the second lacks.</summary>
    private SpecialVerdict Disagreement(int read, int other)
    {
        var mine = elements[read].Except(elements[other]).First();
        var theirs = elements[other].Except(elements[read]).Append(None).First();
        return theirs == None
            ? Invalid([read, other, adds[mine]], [mine])
            : Invalid([read, other, adds[mine], adds[theirs]], [mine, theirs]);
    }

    private SpecialVerdict Invalid(int[] core, int[] looked)
    {
        var verdict = SpecialVerdict.Invalid(core);
        return verdict with { View = view(verdict.Core, looked) };
    }
}
