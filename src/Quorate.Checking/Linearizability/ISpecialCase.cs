using Quorate.Checking.Findings;

namespace Quorate.Checking.Linearizability;

/// <summary>A check of one object that is near linear, because its operations are of a kind that allows it.</summary>
internal interface ISpecialCase
{
    /// <summary>What kind: <c>unique values</c>.</summary>
    string Name { get; }

    /// <summary>Checks the object; unknown, with the reason, where the operations are not of the kind after all.</summary>
    SpecialVerdict Check(CheckBudget budget);
}

/// <summary>What a special case found.</summary>
/// <param name="Outcome">What was found; unknown where the general search must decide.</param>
/// <param name="Reason">Why it must; else empty.</param>
/// <param name="Core">The places of a few operations that have no order on their own, and that nothing left out can make up for.</param>
/// <param name="Start">The state in which the core begins, where that is not the first one.</param>
/// <param name="View">What the operations of the core do, where only a part of that counts; null for all of it.</param>
internal sealed record SpecialVerdict(
    CheckOutcome Outcome, string Reason, IReadOnlyList<int> Core, int? Start = null, ISequentialSpecification? View = null)
{
    public static SpecialVerdict Valid { get; } = new(CheckOutcome.Valid, "", []);

    public static SpecialVerdict Invalid(params IEnumerable<int> core) => new(CheckOutcome.Invalid, "", Ordered(core));

    public static SpecialVerdict General(string reason) => new(CheckOutcome.Unknown, reason, []);

    private static int[] Ordered(IEnumerable<int> core) => core.Where(place => place >= 0).Distinct().Order().ToArray();
}
