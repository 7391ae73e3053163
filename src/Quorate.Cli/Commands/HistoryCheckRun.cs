using System.Globalization;
using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Cli.Drawing;

namespace Quorate.Cli.Commands;

/// <summary>Runs a check of one kind of history and prints the verdict.</summary>
internal static class HistoryCheckRun
{
    internal static CheckedHistory Check(
        History history, IHistoryCheck check, CheckLimits limits, CancellationToken cancellationToken)
    {
        var clock = limits.Clock ?? TimeProvider.System;
        var start = clock.GetTimestamp();
        var report = check.Check(history, limits, cancellationToken);
        var elapsed = clock.GetElapsedTime(start);
        var reason = report.Reason.Length > 0 ? $"{report.Reason}; " : "";
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Outcome.ToString().ToLowerInvariant()}: {reason}{history.Operations.Count} operations, model {report.Model}, "
            + $"{string.Concat(report.Counts.Select(c => c + ", "))}{elapsed.TotalMilliseconds:0.0} ms"));
        foreach (var finding in report.Findings)
            Console.Write(finding);
        if (report.Findings.Count > 0)
            Console.WriteLine("a second, independent check confirms it");
        return CheckedHistory.Of(report.Outcome, report.Reason, report.Findings);
    }
}
