using System.CommandLine;
using System.Globalization;
using Quorate.Cli.Scenarios;

namespace Quorate.Cli.Commands;

/// <summary><c>quorate sim</c>: runs the real services in a simulated world that breaks them on purpose.</summary>
internal static class SimCommand
{
    private const int ExitBadInput = 3;
    private const int JobsMax = 256;

    internal static Command Create()
    {
        var name = new Argument<string>("SCENARIO") { Description = "A scenario, or 'list'." };
        var seed = new Option<ulong?>("--seed") { Description = "Runs one seed.", HelpName = "N" };
        var seeds = new Option<string?>("--seeds") { Description = "Runs the seeds from A to B.", HelpName = "A..B" };
        var json = new Option<string?>("--json") { Description = "Writes what came of each seed, a line of JSON each.", HelpName = "FILE" };
        var jobs = new Option<int>("--jobs")
        {
            Description = "How many seeds run at once; by default one for each core.",
            HelpName = "N",
            DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        var keepGoing = new Option<bool>("--keep-going") { Description = "Runs all seeds even when one shows a violation." };
        var command = new Command(
            "sim",
            "Runs a scenario: a cluster in a simulated world, clients, faults drawn from the seed, and a check of what the clients saw. "
            + "A violation prints the line that replays it, writes the history and exits with 1; "
            + "a check that could not decide exits with 2; "
            + "a flag that is wrong exits with 3.")
        {
            name, seed, seeds, json, jobs, keepGoing,
        };
        command.SetAction((result, cancellationToken) => Task.FromResult(Run(
            result.GetValue(name)!,
            result.GetValue(seed),
            result.GetValue(seeds),
            result.GetValue(json),
            result.GetValue(jobs),
            result.GetValue(keepGoing),
            cancellationToken)));
        return command;
    }

    private static int Run(
        string name, ulong? seed, string? seeds, string? json, int jobs, bool keepGoing, CancellationToken cancellationToken)
    {
        if (name == "list")
            return List();
        if (ScenarioCatalog.Named(name) is not { } scenario)
            return Refuse($"there is no scenario '{name}'; there are {string.Join(", ", ScenarioCatalog.All.Select(s => s.Name))}");
        if (seed is null == seeds is null)
            return Refuse("give either --seed N or --seeds A..B");
        if (jobs is < 1 or > JobsMax)
            return Refuse($"--jobs must be from 1 to {JobsMax}");
        var (first, last) = (seed ?? 0, seed ?? 0);
        if (seeds is not null && !TryParseRange(seeds, out first, out last))
            return Refuse("--seeds must be A..B, with A not above B");
        try
        {
            using var report = json is null ? null : new StreamWriter(json);
            return new SeedSweep(scenario, first, last, jobs, keepGoing, report).Run(cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Refuse(e.Message);
        }
    }

    private static int List()
    {
        foreach (var scenario in ScenarioCatalog.All)
            Console.WriteLine($"{scenario.Name,-16} {scenario.Description}");
        return 0;
    }

    private static bool TryParseRange(string text, out ulong first, out ulong last)
    {
        (first, last) = (0, 0);
        var dots = text.IndexOf("..", StringComparison.Ordinal);
        return dots > 0
            && ulong.TryParse(text.AsSpan(0, dots), NumberStyles.None, CultureInfo.InvariantCulture, out first)
            && ulong.TryParse(text.AsSpan(dots + 2), NumberStyles.None, CultureInfo.InvariantCulture, out last)
            && first <= last;
    }

    private static int Refuse(string message)
    {
        Console.Error.WriteLine($"error: {message.ReplaceLineEndings(" ")}");
        return ExitBadInput;
    }
}
