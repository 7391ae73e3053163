using System.CommandLine;
using Quorate.Checking.Catalog;
using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Checking.Histories.Formats;
using Quorate.Checking.Models;
using Quorate.Checking.Transactions;
using Quorate.Cli.Drawing;

namespace Quorate.Cli.Commands;

/// <summary><c>quorate check</c>: tells whether a recorded history keeps what its model promises.</summary>
internal static class CheckCommand
{
    private const int ExitBadInput = 3;
    private const int ExitCancelled = 130;
    private const double TimeoutSecondsDefault = 60;
    private const int MebibytesMax = 1 << 20;
    private const string LevelDefault = "strict-serializable";

    internal static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The history: a Jepsen log, EDN or JSON." };
        var model = new Option<string>("--model")
        {
            Description = ModelText(),
            Required = true,
            HelpName = "MODEL",
        };
        var level = new Option<string?>("--level")
        {
            Description = $"For models of transactions: the level that counts for the exit code, by default {LevelDefault}. One of "
                + LevelNames() + ".",
            HelpName = "LEVEL",
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
        var memory = new Option<int>("--memory")
        {
            Description = "MiB that the check takes at most beside the history; beyond it the verdict is unknown.",
            HelpName = "MIB",
            DefaultValueFactory = _ => (int)(CheckLimits.Default.MemoryBytesMax >> 20),
        };
        var html = new Option<string?>("--html")
        {
            Description = "Writes a page that draws the history and what is wrong with it.",
            HelpName = "FILE",
        };
        var command = new Command(
            "check",
            "Checks what a recorded history promises. The first word of the output is the verdict: valid (exit code 0), invalid (1) "
            + "or unknown (2). A file or flag that is wrong exits with 3.")
        {
            file, model, level, format, timeout, memory, html,
        };
        command.SetAction((result, cancellationToken) => Task.FromResult(Run(
            result.GetValue(file)!,
            result.GetValue(model)!,
            result.GetValue(level),
            result.GetValue(format),
            result.GetValue(timeout),
            result.GetValue(memory),
            result.GetValue(html),
            cancellationToken)));
        return command;
    }

    private static string ModelText() =>
        $"What the history is about. Linearizability: {string.Join(", ", HistoryModels.Names)}. Transactions, a verdict for each isolation "
        + $"level: {string.Join(", ", IsolationRun.Models)}. Promises of one kind of data: "
        + string.Join("; ", HistoryChecks.All.Select(c => $"{c.Name} ({c.About})")) + ".";

    private static string LevelNames() => string.Join(", ", IsolationLevels.All.Select(IsolationLevels.NameOf));

    private static IEnumerable<string> ModelNames() =>
        HistoryModels.Names.Concat(IsolationRun.Models).Concat(HistoryChecks.All.Select(c => c.Name));

    private static int Run(
        string file,
        string model,
        string? levelName,
        string? formatName,
        double timeoutSeconds,
        int mebibytes,
        string? html,
        CancellationToken cancellationToken)
    {
        if (!ModelNames().Contains(model))
            return Refuse($"there is no model '{model}'; there are {string.Join(", ", ModelNames())}");
        if (levelName is not null && !IsolationRun.Models.Contains(model))
            return Refuse($"--level is for models of transactions, which '{model}' is not");
        if (IsolationLevels.Named(levelName ?? LevelDefault) is not { } level)
            return Refuse($"there is no level '{levelName}'; there are {LevelNames()}");
        if (!(timeoutSeconds > 0 && timeoutSeconds <= TimeSpan.MaxValue.TotalSeconds / 2))
            return Refuse("--timeout must be more than 0 seconds");
        if (mebibytes is < 1 or > MebibytesMax)
            return Refuse($"--memory must be from 1 to {MebibytesMax} MiB");
        if (formatName is not (null or "jepsen-log" or "edn" or "json"))
            return Refuse($"there is no format '{formatName}'; there are jepsen-log, edn and json");
        try
        {
            var text = ReadText(file);
            var format = FormatOf(formatName, file, text);
            var limits = new CheckLimits
            {
                Clock = TimeProvider.System,
                TimeMax = TimeSpan.FromSeconds(timeoutSeconds),
                MemoryBytesMax = (long)mebibytes << 20,
            };
            if (html is null)
                return (int)Check(HistoryReader.Read(text, format), model, level, limits, cancellationToken).Outcome;
            var events = HistoryReader.ReadEvents(text, format);
            var found = Check(History.FromEvents(events), model, level, limits, cancellationToken);
            PageFile.Write(html, HistoryPage.Of(file, events, model, found));
            return (int)found.Outcome;
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
            return (int)CheckOutcome.Unknown;
        }
        catch (OperationCanceledException)
        {
            return ExitCancelled;
        }
    }

    private static CheckedHistory Check(
        History history, string model, IsolationLevel level, CheckLimits limits, CancellationToken cancellationToken)
    {
        if (HistoryModels.Named(model) is { } linearizable)
            return LinearizabilityRun.Check(history, linearizable, limits, cancellationToken);
        return HistoryChecks.Named(model) is { } check
            ? HistoryCheckRun.Check(history, check, limits, cancellationToken)
            : IsolationRun.Check(history, model, level, limits, cancellationToken);
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

    private static int Refuse(string message)
    {
        Console.Error.WriteLine($"error: {message.ReplaceLineEndings(" ")}");
        return ExitBadInput;
    }
}
