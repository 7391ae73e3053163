using System.CommandLine;
using System.Globalization;
using Quorate.Checking.Histories;
using Quorate.Checking.Histories.Formats;
using Quorate.Checking.Linearizability;
using Quorate.Checking.Models;
using Quorate.Cli.Drawing;

namespace Quorate.Cli.Commands;

/// <summary><c>quorate check</c>: tells whether a recorded history is linearizable.</summary>
internal static class CheckCommand
{
    private const int ExitBadInput = 3;
    private const int ExitCancelled = 130;
    private const double TimeoutSecondsDefault = 60;
    private static readonly TimeSpan WitnessTimeMax = TimeSpan.FromSeconds(10);

    internal static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The history: a Jepsen log, EDN or JSON." };
        var model = new Option<string>("--model")
        {
            Description = "What the history is about: register, cas-register, kv or mutex.",
            Required = true,
            HelpName = "MODEL",
        };
        var format = new Option<string?>("--format")
        {
            Description = "jepsen-log, edn or json; by default told from the file's name and content.",
            HelpName = "FORMAT",
        };
        var timeout = new Option<double>("--timeout")
        {
            Description = "Seconds after which the verdict is unknown.",
            HelpName = "S",
            DefaultValueFactory = _ => TimeoutSecondsDefault,
        };
        var html = new Option<string?>("--html")
        {
            Description = "Writes a page that draws the history and what is wrong with it.",
            HelpName = "FILE",
        };
        var command = new Command(
            "check",
            "Checks that a recorded history is linearizable. The first word of the output is the verdict: valid (exit code 0), invalid (1) "
            + "or unknown (2). A file or flag that is wrong exits with 3.")
        {
            file, model, format, timeout, html,
        };
        command.SetAction((result, cancellationToken) => Task.FromResult(Run(
            result.GetValue(file)!,
            result.GetValue(model)!,
            result.GetValue(format),
            result.GetValue(timeout),
            result.GetValue(html),
            cancellationToken)));
        return command;
    }

    private static int Run(
        string file, string modelName, string? formatName, double timeoutSeconds, string? html, CancellationToken cancellationToken)
    {
        if (HistoryModels.Named(modelName) is not { } model)
            return Refuse($"there is no model '{modelName}'; there are {string.Join(", ", HistoryModels.Names)}");
        if (!(timeoutSeconds > 0 && timeoutSeconds <= TimeSpan.MaxValue.TotalSeconds / 2))
            return Refuse("--timeout must be more than 0 seconds");
        if (formatName is not (null or "jepsen-log" or "edn" or "json"))
            return Refuse($"there is no format '{formatName}'; there are jepsen-log, edn and json");
        try
        {
            var text = ReadText(file);
            var format = FormatOf(formatName, file, text);
            var time = TimeSpan.FromSeconds(timeoutSeconds);
            if (html is null)
                return (int)Check(HistoryReader.Read(text, format), model, time, cancellationToken).Verdict.Kind;
            var events = HistoryReader.ReadEvents(text, format);
            var (verdict, witness) = Check(History.FromEvents(events), model, time, cancellationToken);
            PageFile.Write(html, HistoryPage.Of(file, events, model, verdict, witness));
            return (int)verdict.Kind;
        }
        catch (HistoryFormatException e)
        {
            return Refuse($"{file}: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return Refuse($"{file}: {e.Message}");
        }
        catch (OutOfMemoryException)
        {
            Console.WriteLine("unknown: out of memory");
            return (int)VerdictKind.Unknown;
        }
        catch (OperationCanceledException)
        {
            return ExitCancelled;
        }
    }

    private static string ReadText(string file)
    {
        if (Directory.Exists(file))
            throw new IOException("it is a folder, not a file");
        var bound = HistoryLimits.Default.CharactersMax;
        var info = new FileInfo(file);
        if (info.Exists && info.Length > bound)
            throw new IOException($"it has {info.Length} bytes, more than the bound of {bound}");
        return File.ReadAllText(file);
    }

    private static HistoryFormat FormatOf(string? name, string file, string text) => name switch
    {
        "jepsen-log" => HistoryFormat.JepsenLog,
        "edn" => HistoryFormat.Edn,
        "json" => HistoryFormat.Json,
        _ => HistoryReader.Detect(file, text),
    };

    private static (Verdict Verdict, Witness? Witness) Check(
        History history, IHistoryModel model, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var clock = TimeProvider.System;
        var start = clock.GetTimestamp();
        var limits = new LinearizabilityLimits { Clock = clock, TimeMax = timeout };
        var verdict = LinearizabilityChecker.Check(history, model, limits, cancellationToken);
        var elapsed = clock.GetElapsedTime(start);
        var size = string.Create(
            CultureInfo.InvariantCulture,
            $"{history.Operations.Count} operations, model {model.Name}, {verdict.Steps} steps, {elapsed.TotalMilliseconds:0.0} ms");
        switch (verdict.Kind)
        {
            case VerdictKind.Valid:
                Console.WriteLine($"valid: {size}");
                break;
            case VerdictKind.Unknown:
                Console.WriteLine($"unknown: {verdict.Reason}; {size}");
                break;
            default:
                Console.WriteLine($"invalid: {size}");
                return (verdict, Explain(verdict.Violation!, clock, timeout, cancellationToken));
        }
        return (verdict, null);
    }

    private static Witness Explain(Violation violation, TimeProvider clock, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var time = timeout < WitnessTimeMax ? timeout : WitnessTimeMax;
        var limits = new LinearizabilityLimits { Clock = clock, TimeMax = time, StepsMax = 20_000_000 };
        var witness = WitnessFinder.Find(violation, limits, cancellationToken);
        Console.Write(witness);
        Console.WriteLine(witness.Confirmed
            ? "a second, independent check confirms it"
            : "the second, independent check was too large to run");
        return witness;
    }

    private static int Refuse(string message)
    {
        Console.Error.WriteLine($"error: {message.ReplaceLineEndings(" ")}");
        return ExitBadInput;
    }
}
