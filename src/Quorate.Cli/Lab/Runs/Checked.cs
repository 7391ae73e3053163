using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Checking.Linearizability;
using Quorate.Checking.Models;
using Quorate.Checking.Pages.Witnesses;
using Quorate.Cli.Drawing;

namespace Quorate.Cli.Lab.Runs;

/// <summary>Asks the checkers about the clients of a world.</summary>
internal static class Checked
{
    // Bounds on steps, not on time: the verdict of a seed must not depend on the machine.
    private static readonly CheckLimits Limits = new() { StepsMax = 20_000_000, MemoryBytesMax = 256L << 20 };

    /// <summary>Whether puts and gets of keys are linearizable, without a witness: that takes longer to find.</summary>
    public static CheckOutcome IsLinearizable(History history) =>
        LinearizabilityChecker.Check(history, new KeyValueModel(), Limits).Outcome;

    /// <summary>Whether puts and gets of keys are linearizable, with a witness where they are not.</summary>
    /// <param name="history">What the clients did and saw.</param>
    /// <param name="isConfirmed">Whether an invalid verdict was confirmed by a second, independent check.</param>
    public static CheckedHistory Linearizable(History history, out bool isConfirmed)
    {
        isConfirmed = false;
        var verdict = LinearizabilityChecker.Check(history, new KeyValueModel(), Limits);
        if (verdict.Violation is not { } violation)
            return CheckedHistory.Of(verdict.Outcome, verdict.Reason, []);
        var witness = WitnessFinder.Find(violation);
        isConfirmed = witness.Confirmed;
        return new(CheckOutcome.Invalid, $"the history is not linearizable\n{witness}", drawing => WitnessDrawing.Of(drawing, witness));
    }

    /// <summary>What an invariant says of a history.</summary>
    public static CheckedHistory By(IHistoryCheck check, History history)
    {
        var report = check.Check(history);
        return CheckedHistory.Of(report.Outcome, report.Reason, report.Findings);
    }

    /// <summary>A verdict on linearizability in a word.</summary>
    public static string Word(CheckOutcome outcome) => outcome switch
    {
        CheckOutcome.Valid => "linearizable",
        CheckOutcome.Invalid => "not linearizable",
        _ => "unknown",
    };
}
