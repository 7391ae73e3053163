using System.CommandLine;
using System.Globalization;
using Quorate.Cli.Drawing;
using Quorate.Cli.Nodes;
using Quorate.Cli.Scenarios;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Simulation.Schedules;

namespace Quorate.Cli.Commands;

/// <summary><c>quorate sim</c>: runs the real services in a simulated world that breaks them on purpose.</summary>
internal static class SimCommand
{
    private const int ExitBadInput = 3;
    private const int ExitCancelled = 130;
    private const int JobsMax = 256;

    internal static Command Create()
    {
        var name = new Argument<string>("SCENARIO") { Description = "A scenario, or 'list'." };
        var seed = new Option<ulong?>("--seed") { Description = "Runs one seed.", HelpName = "N" };
        var seeds = new Option<string?>("--seeds") { Description = "Runs the seeds from A to B.", HelpName = "A..B" };
        var schedule = new Option<string?>("--schedule") { Description = "Replays a schedule that was written before.", HelpName = "FILE" };
        var shrink = new Option<bool>("--shrink")
        {
            Description = "Cuts the run of --seed or --schedule, if it shows a violation, down to few faults and operations, "
                + "and writes SCENARIO-N.schedule.json.",
        };
        var shrinkTime = new Option<double>("--shrink-time")
        {
            Description = "How long to shrink at most.",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => 60,
        };
        var json = new Option<string?>("--json") { Description = "Writes what came of each seed, a line of JSON each.", HelpName = "FILE" };
        var html = new Option<string?>("--html")
        {
            Description = "Writes a page that draws the run: of --seed, of what --shrink leaves, or of the first seed with a violation.",
            HelpName = "FILE",
        };
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
            name, seed, seeds, schedule, shrink, shrinkTime, json, html, jobs, keepGoing,
        };
        command.SetAction((result, cancellationToken) => OnOwnThread(() => Run(
            new SimFlags(
                result.GetValue(name)!,
                result.GetValue(seed),
                result.GetValue(seeds),
                result.GetValue(schedule),
                result.GetValue(shrink),
                result.GetValue(shrinkTime),
                result.GetValue(json),
                result.GetValue(html),
                result.GetValue(jobs),
                result.GetValue(keepGoing)),
            cancellationToken)));
        return command;
    }

    // Not on the caller's thread, which waits for the signal to stop, nor on one of the pool: a world has a thread to itself.
    private static Task<int> OnOwnThread(Func<int> run) => Task.Factory.StartNew(
        run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static int Run(SimFlags flags, CancellationToken cancellationToken)
    {
        using var impatience = new SecondSignal();
        if (flags.Name == "list")
            return List();
        if (ScenarioCatalog.Named(flags.Name) is not { } scenario)
            return Refuse($"there is no scenario '{flags.Name}'; there are {string.Join(", ", ScenarioCatalog.All.Select(s => s.Name))}");
        if (flags.Sources != 1)
            return Refuse("give either --seed N, --seeds A..B or --schedule FILE");
        if (flags.Jobs is < 1 or > JobsMax)
            return Refuse($"--jobs must be from 1 to {JobsMax}");
        if (flags.Shrink && flags.Seeds is not null)
            return Refuse("--shrink is for one seed or schedule");
        if (!(flags.ShrinkSeconds is > 0 and <= 86_400))
            return Refuse("--shrink-time must be more than 0 and at most a day");
        try
        {
            return Run(scenario, flags, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or ScheduleFormatException)
        {
            return Refuse(e.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCancelled;
        }
    }

    private static int Run(IScenario scenario, SimFlags flags, CancellationToken cancellationToken)
    {
        var (first, last) = (flags.Seed ?? 0, flags.Seed ?? 0);
        if (flags.Seeds is not null && !TryParseRange(flags.Seeds, out first, out last))
            return Refuse("--seeds must be A..B, with A not above B");
        var replay = flags.Schedule is null ? null : ReadSchedule(flags.Schedule, scenario);
        if (replay is not null)
            (first, last) = (replay.Seed, replay.Seed);
        if (flags.Shrink)
            return Shrink(scenario, flags, new RunInput(first, replay, Stop: cancellationToken));
        using var report = flags.Json is null ? null : new StreamWriter(flags.Json);
        var sweep = new SeedSweep(scenario, first, last, flags.Jobs, flags.KeepGoing, report, flags.Schedule, replay);
        var exit = sweep.Run(cancellationToken);
        if (flags.Html is null || cancellationToken.IsCancellationRequested)
            return exit;
        if (flags.Seeds is null || sweep.FirstViolation is not null)
            ScenarioPage.Write(flags.Html, scenario, new RunInput(sweep.FirstViolation ?? first, replay), flags.Schedule);
        else
            Console.WriteLine("no seed shows a violation, so there is no page");
        return exit;
    }

    private static int Shrink(IScenario scenario, SimFlags flags, RunInput input)
    {
        var shrink = new SeedShrink(scenario, flags.Jobs, TimeSpan.FromSeconds(flags.ShrinkSeconds));
        var exit = shrink.Run(input);
        if (flags.Html is not null)
        {
            var file = shrink.Shrunk is null ? flags.Schedule : $"{scenario.Name}-{input.Seed}.schedule.json";
            ScenarioPage.Write(flags.Html, scenario, input with { Replay = shrink.Shrunk ?? input.Replay }, file);
        }
        return exit;
    }

    private static Schedule ReadSchedule(string file, IScenario scenario)
    {
        if (new FileInfo(file) is { Exists: true, Length: > ScheduleReader.BytesMax } info)
            throw new ScheduleFormatException($"{file} has {info.Length} bytes; a schedule has at most {ScheduleReader.BytesMax}");
        try
        {
            var schedule = ScheduleReader.Parse(File.ReadAllText(file));
            return schedule.Scenario == scenario.Name ? schedule
                : throw new ScheduleFormatException($"it is a schedule of {schedule.Scenario}, not of {scenario.Name}");
        }
        catch (ScheduleFormatException e)
        {
            throw new ScheduleFormatException($"{file}: {e.Message}");
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
