using Quorate.Checking.Findings;

namespace Quorate.Checking.Transactions;

/// <summary>What a history says of one level.</summary>
/// <param name="Level">The level.</param>
/// <param name="Outcome">Whether the history keeps it.</param>
/// <param name="Because">The name of what breaks it, or why nothing can be said; empty when it is kept.</param>
public sealed record LevelVerdict(IsolationLevel Level, CheckOutcome Outcome, string Because);

/// <summary>What a history of transactions says of every level.</summary>
/// <param name="Levels">A verdict for each level.</param>
/// <param name="Findings">The anomalies: one witness for each name.</param>
/// <param name="TransactionCount">How many transactions there were.</param>
public sealed record IsolationReport(IReadOnlyList<LevelVerdict> Levels, IReadOnlyList<Finding> Findings, int TransactionCount)
{
    /// <summary>The verdict at a level.</summary>
    /// <param name="level">The level.</param>
    public LevelVerdict At(IsolationLevel level) => Levels[(int)level];
}
