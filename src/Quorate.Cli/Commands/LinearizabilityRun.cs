using System.Globalization;
using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Checking.Linearizability;
using Quorate.Checking.Pages.Witnesses;
using Quorate.Cli.Drawing;

namespace Quorate.Cli.Commands;

/// <summary>Checks linearizability and prints the verdict.</summary>
internal static class LinearizabilityRun
{
    private const long WitnessStepsMax = 20_000_000;
    private static readonly TimeSpan WitnessTimeMax = TimeSpan.FromSeconds(10);

    internal static CheckedHistory Check(History history, IHistoryModel model, CheckLimits limits, CancellationToken cancellationToken)
    {
        var clock = limits.Clock ?? TimeProvider.System;
        var start = clock.GetTimestamp();
        var verdict = LinearizabilityChecker.Check(history, model, limits, cancellationToken);
        var elapsed = clock.GetElapsedTime(start);
        var size = string.Create(
            CultureInfo.InvariantCulture,
            $"{history.Operations.Count} operations, model {model.Name}, {verdict.Method}, {verdict.Steps} steps, "
            + $"{elapsed.TotalMilliseconds:0.0} ms");
        switch (verdict.Outcome)
        {
            case CheckOutcome.Valid:
                Console.WriteLine($"valid: {size}");
                break;
            case CheckOutcome.Unknown:
                Console.WriteLine($"unknown: {verdict.Reason}; {size}");
                break;
            default:
                Console.WriteLine($"invalid: {size}");
                var witness = Explain(verdict.Violation!, limits, cancellationToken);
                return new(CheckOutcome.Invalid, $"the history is not linearizable\n{witness}", drawing => WitnessDrawing.Of(drawing, witness));
        }
        return CheckedHistory.Of(verdict.Outcome == CheckOutcome.Valid ? CheckOutcome.Valid : CheckOutcome.Unknown, verdict.Reason, []);
    }

    private static Witness Explain(Violation violation, CheckLimits limits, CancellationToken cancellationToken)
    {
        var time = limits.TimeMax < WitnessTimeMax ? limits.TimeMax : WitnessTimeMax;
        var witness = WitnessFinder.Find(violation, limits with { TimeMax = time, StepsMax = WitnessStepsMax }, cancellationToken);
        Console.Write(witness);
        Console.WriteLine(witness.Confirmed
            ? "a second, independent check confirms it"
            : "the second, independent check was too large to run");
        return witness;
    }
}
