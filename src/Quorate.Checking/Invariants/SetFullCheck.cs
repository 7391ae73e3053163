using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Invariants;

/// <summary>A set that grows and is read all the time: <c>add</c> an element, <c>read</c> all elements.</summary>
/// <remarks>
/// Guarantee: an element is known once its add was acknowledged or a read that had it was completed. It is lost when a read that began
/// after that lacks it and no later read has it, and stale when a later read has it again; stale is invalid only for a linearizable set.
/// Cost: linear in the elements of all reads.
/// Fails when: an operation is neither, or a read gave no list: <see cref="HistoryFormatException"/>. Without a read the verdict is
/// unknown.
/// Source: Jepsen's set-full checker.
/// </remarks>
/// <param name="linearizable">Whether a stale read is invalid.</param>
public sealed class SetFullCheck(bool linearizable = false) : IHistoryCheck
{
    /// <inheritdoc/>
    public string Name => linearizable ? "set-linearizable" : "set-full";

    /// <inheritdoc/>
    public string About => linearizable
        ? "add e, read [e …]: every read has every element that was known before it"
        : "add e, read [e …]: no known element is lost, doubled or made up by any read";

    /// <inheritdoc/>
    public CheckReport Check(History history, CheckLimits? limits = null, CancellationToken cancellationToken = default)
    {
        var findings = new FindingList();
        var sets = SetReads.Of(history, Name);
        var stale = sets.Sum(set => CheckSet(set, findings));
        var counts = new[] { $"{sets.Sum(s => s.Elements.Count)} elements", $"{sets.Sum(s => s.Reads.Count)} reads", $"{stale} stale" };
        return sets.All(s => s.Reads.Count == 0)
            ? Reports.Unknown(Name, "nobody read the set", counts)
            : Reports.Of(Name, history, findings, SetWitness.Confirms, counts);
    }

    private int CheckSet(SetReads set, FindingList findings)
    {
        var having = new Dictionary<HistoryValue, List<int>>();
        for (var i = 0; i < set.Reads.Count; i++)
            foreach (var element in SetCheck.CheckContent(set, set.Reads[i], findings))
            {
                if (!having.TryGetValue(element, out var places))
                    having.Add(element, places = []);
                places.Add(i);
            }
        return set.Elements.Count(element => CheckElement(set, element, having.GetValueOrDefault(element) ?? [], findings));
    }

    /// <summary>Checks an element, given the reads that have it; true when a read was stale.</summary>
    private bool CheckElement(SetReads set, HistoryValue element, List<int> having, FindingList findings)
    {
        var add = set.Adds[element];
        var known = add.Outcome == HistoryOutcome.Ok ? add.Completed : int.MaxValue;
        var witness = add;
        foreach (var place in having)
            if (set.Reads[place].Completed < known)
                (known, witness) = (set.Reads[place].Completed, set.Reads[place]);
        // The last read without the element: behind those that have it, or between them.
        var (absent, left) = (set.Reads.Count - 1, having.Count);
        while (absent >= 0 && left > 0 && having[left - 1] == absent)
            (absent, left) = (absent - 1, left - 1);
        if (absent < 0 || set.Reads[absent].Invoked < known)
            return false;
        if (left == having.Count)
        {
            findings.Add("lost", () => new Finding(
                "lost",
                $"{element} of {set.Name} was known, and later reads do not have it",
                [witness, set.Reads[absent]],
                add.Key,
                element));
            return false;
        }
        if (linearizable)
            findings.Add("stale", () => new Finding(
                "stale",
                $"{element} of {set.Name} was known, and a later read does not have it",
                [witness, set.Reads[absent]],
                add.Key,
                element));
        return true;
    }
}
