using System.Globalization;
using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Checking.Transactions;
using Quorate.Cli.Drawing;

namespace Quorate.Cli.Commands;

/// <summary>Checks a history of transactions and prints a table of the levels.</summary>
internal static class IsolationRun
{
    private const string ListAppend = "list-append";
    private const string RwRegister = "rw-register";

    /// <summary>The models.</summary>
    public static IReadOnlyList<string> Models { get; } = [ListAppend, RwRegister];

    internal static CheckedHistory Check(
        History history, string model, IsolationLevel level, CheckLimits limits, CancellationToken cancellationToken)
    {
        var clock = limits.Clock ?? TimeProvider.System;
        var start = clock.GetTimestamp();
        var report = IsolationChecker.Check(history, ModelNamed(model), limits, cancellationToken);
        var elapsed = clock.GetElapsedTime(start);
        var verdict = report.At(level);
        var because = verdict.Outcome switch
        {
            CheckOutcome.Valid => "",
            _ => $" ({verdict.Because})",
        };
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Word(verdict.Outcome)}: {IsolationLevels.NameOf(level)}{because}; {report.TransactionCount} transactions, model {model}, "
            + $"{elapsed.TotalMilliseconds:0.0} ms"));
        foreach (var finding in report.Findings)
            Console.Write(finding);
        Console.WriteLine("level                              verdict");
        foreach (var each in report.Levels)
            Console.WriteLine($"{IsolationLevels.NameOf(each.Level),-34} {Word(each.Outcome),-8} {each.Because}".TrimEnd());
        return CheckedHistory.Of(verdict.Outcome, verdict.Because, report.Findings);
    }

    private static TransactionModel ModelNamed(string model) => model switch
    {
        ListAppend => TransactionModel.ListAppend,
        RwRegister => TransactionModel.RwRegister,
        _ => throw new ArgumentOutOfRangeException(nameof(model)),
    };

    private static string Word(CheckOutcome outcome) => outcome.ToString().ToLowerInvariant();
}
