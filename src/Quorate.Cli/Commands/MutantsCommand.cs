using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;

namespace Quorate.Cli.Commands;

/// <summary>
/// <c>quorate mutants</c>: puts well-known bugs back one by one and counts the seeds until a scenario catches each. The compiler that this
/// needs is not part of the command line: the program in <c>tools/Quorate.Mutants</c> does the work, built on demand.
/// </summary>
internal static class MutantsCommand
{
    private const int ExitBadInput = 3;
    private const int JobsMax = 64;
    private const int RoundsMax = 1000;
    private const string Project = "Quorate.Mutants";

    internal static Command Create()
    {
        var names = new Argument<string[]>("NAME") { Description = "Which mutants; all by default.", Arity = ArgumentArity.ZeroOrMore };
        var list = new Option<bool>("--list") { Description = "Lists the mutants and what is wrong with each." };
        var rounds = Number("--rounds", "How many rounds, each with seeds of its own; the figures are medians.", 20, "N");
        var seeds = Number("--seeds", "The most seeds of a round.", 1000, "MAX");
        var seconds = Number("--seconds", "Processor seconds after which a round begins no further seed.", 60, "S");
        var jobs = Number("--jobs", "How many rounds run at a time; by default one for each core.", Environment.ProcessorCount, "N");
        var shrink = new Option<bool>("--shrink")
        {
            Description = "Cuts the first violation of each mutant down to few faults and operations, and counts what is left.",
        };
        var json = new Option<string?>("--json") { Description = "Writes the figures, a line of JSON each mutant.", HelpName = "FILE" };
        var write = new Option<bool>("--write") { Description = "Puts the table into docs/mutants.md; for all mutants." };
        var command = new Command(
            "mutants",
            "Well-known bugs, put back into the production source one by one: prints how many seeds, and how many seconds of a processor, its "
            + "scenario needs to catch each. Works in a source tree. Exits with 1 when a mutant survives; a flag that is wrong exits with 3.")
        {
            names, list, rounds, seeds, seconds, jobs, shrink, json, write,
        };
        command.SetAction((result, cancellationToken) =>
        {
            var chosen = result.GetValue(names) ?? [];
            var (most, each, atOnce) = (result.GetValue(rounds), result.GetValue(seeds), result.GetValue(jobs));
            if (most is < 1 or > RoundsMax || each < 1 || result.GetValue(seconds) < 1 || atOnce is < 1 or > JobsMax)
                return Task.FromResult(Refuse($"--rounds is from 1 to {RoundsMax}, --jobs from 1 to {JobsMax}, --seeds and --seconds from 1"));
            if (result.GetValue(write) && chosen.Length > 0)
                return Task.FromResult(Refuse("--write is for all mutants"));
            var file = result.GetValue(json) is { } path ? Path.GetFullPath(path) : null;
            var request = new
            {
                Names = chosen,
                List = result.GetValue(list),
                Rounds = most,
                Seeds = each,
                SecondsMax = result.GetValue(seconds),
                Jobs = atOnce,
                Shrink = result.GetValue(shrink),
                Json = file,
                Write = result.GetValue(write),
            };
            return RunAsync(JsonSerializer.Serialize(request), cancellationToken);
        });
        return command;
    }

    private static Option<int> Number(string name, string description, int value, string help) =>
        new(name) { Description = description, HelpName = help, DefaultValueFactory = _ => value };

    private static async Task<int> RunAsync(string request, CancellationToken cancellationToken)
    {
        if (Home() is not { } home)
            return Refuse("mutants are edits of the source: run ./quorate mutants in a source tree of Quorate, which this program is not in");
        if (await StartAsync(cancellationToken, "build", home, "-c", "Release", "-v", "quiet", "--nologo", "-clp:NoSummary") != 0)
            return Refuse($"{Project} could not be built");
        return await StartAsync(cancellationToken, Path.Combine(home, "bin", "Release", "net10.0", $"{Project}.dll"), request);
    }

    /// <summary>The folder of the program that does the work, in the source tree that this program was built in; else null.</summary>
    private static string? Home()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var home = Path.Combine(folder.FullName, "tools", Project);
            if (File.Exists(Path.Combine(home, $"{Project}.csproj")))
                return home;
        }

        return null;
    }

    private static async Task<int> StartAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { UseShellExecute = false })!;
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // It got the Ctrl-C too, and cleans up; after a SIGTERM, which it did not get, it is ended.
            process.Kill(entireProcessTree: true);
            return 130;
        }

        return process.ExitCode;
    }

    private static int Refuse(string message)
    {
        Console.Error.WriteLine($"error: {message}");
        return ExitBadInput;
    }
}
