namespace Quorate.Checking.ModelChecking;

/// <summary>How a check ended.</summary>
public enum ModelOutcome
{
    /// <summary>Every state that can be reached was visited, and nothing is wrong with any.</summary>
    Holds,

    /// <summary>A state or step is wrong.</summary>
    Violated,

    /// <summary>A limit was met before every state was visited.</summary>
    Unknown,
}

/// <summary>What a check found.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="States">How many different states were visited.</param>
/// <param name="Steps">How many steps were tried.</param>
/// <param name="Depth">The length of the longest of the shortest paths.</param>
/// <param name="Violation">What is wrong, or null.</param>
/// <param name="Path">The actions that lead there, as few as possible; else empty.</param>
public sealed record ModelVerdict(ModelOutcome Outcome, long States, long Steps, int Depth, string? Violation, IReadOnlyList<string> Path)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Outcome}: {States} states, {Steps} steps, depth {Depth}"
        + (Violation is null ? "" : $"; {Violation}:\n  {string.Join("\n  ", Path)}");
}

/// <summary>How much a check may explore.</summary>
public sealed record ModelLimits
{
    /// <summary>The most different states; beyond it the verdict is <see cref="ModelOutcome.Unknown"/>. Default 5,000,000, about 1 GB at
    /// 150 bytes a state.</summary>
    public int StatesMax { get; init; } = 5_000_000;

    /// <summary>The longest path; beyond it the verdict is <see cref="ModelOutcome.Unknown"/>. Default 1,000.</summary>
    public int DepthMax { get; init; } = 1_000;
}
