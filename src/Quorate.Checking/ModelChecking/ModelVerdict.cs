namespace Quorate.Checking.ModelChecking;

/// <summary>How a check ended.</summary>
public enum ModelOutcome
{
    /// <summary>Every state that can be reached was visited, and every property holds.</summary>
    Holds,

    /// <summary>A state, a step or a property is wrong.</summary>
    Violated,

    /// <summary>A limit was met before every state was visited.</summary>
    Unknown,
}

/// <summary>What a check found.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="States">How many different states were visited.</param>
/// <param name="Steps">How many steps were tried.</param>
/// <param name="Depth">The length of the path to a violation, else of the longest path that the search took: breadth first, the longest of
/// the shortest paths.</param>
/// <param name="Violation">What is wrong, or null.</param>
/// <param name="Path">The actions that lead there (as few as possible, when searched breadth first); else empty.</param>
public sealed record ModelVerdict(ModelOutcome Outcome, long States, long Steps, int Depth, string? Violation, IReadOnlyList<string> Path)
{
    /// <summary>What goes on for ever after <see cref="Path"/>, when a property of liveness is violated by a cycle; empty when nothing need
    /// happen any more, and for other violations.</summary>
    public IReadOnlyList<string> Cycle { get; init; } = [];

    /// <summary>Which limit was met, when the outcome is unknown.</summary>
    public string? Reason { get; init; }

    /// <summary>The most bytes that the checker took.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>About the chance that two of the states had one fingerprint, so that something was missed.</summary>
    public double MissChance { get; init; }

    /// <summary>For each fact of <see cref="ModelProperty.Sometimes"/> that was reached, a way there.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Witnesses { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Outcome}: {States} states, {Steps} steps, depth {Depth}"
        + (Reason is null ? "" : $"; {Reason}")
        + (Violation is null ? "" : $"; {Violation}:" + string.Concat(Path.Select(a => $"\n  {a}")))
        + (Cycle.Count == 0 ? "" : "\nand then for ever:" + string.Concat(Cycle.Select(a => $"\n  {a}")));
}
