using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Checking.Linearizability;
using Quorate.Checking.Models;
using Quorate.Cli.Scenarios.Violations;

namespace Quorate.Cli.Scenarios.Workloads;

/// <summary>Checks what the clients saw.</summary>
internal static class HistoryCheck
{
    // Bounds on steps, not on time: the verdict of a seed must not depend on the machine.
    private static readonly CheckLimits Limits = new() { StepsMax = 50_000_000, MemoryBytesMax = 512L << 20 };

    /// <summary>Throws where the history is not linearizable; returns why the check could not decide, or null.</summary>
    /// <param name="history">The history of a key-value workload.</param>
    public static string? Linearizable(HistoryRecorder history)
    {
        var verdict = LinearizabilityChecker.Check(history.ToHistory(), new KeyValueModel(), Limits);
        if (verdict.Violation is { } violation)
        {
            var witness = WitnessFinder.Find(violation);
            throw new ViolationException($"the history is not linearizable\n{witness}", witness);
        }
        return verdict.Outcome == CheckOutcome.Unknown ? verdict.Reason : null;
    }
}
