using System.CommandLine;
using Quorate.Cli.Drawing;
using Quorate.Cli.Lab;
using Quorate.Cli.Lab.Reports;
using Quorate.Cli.Lab.Runs;
using Quorate.Simulation.Execution;

namespace Quorate.Cli.Commands;

/// <summary><c>quorate lab</c>: runs the impossibilities and trade-offs of the books.</summary>
internal static class LabCommand
{
    private const int ExitNotShown = 1;
    private const int ExitBadInput = 3;
    private const ulong SeedDefault = 1;

    internal static Command Create()
    {
        var name = new Argument<string>("EXPERIMENT") { Description = "An experiment, or 'list'." };
        var seed = new Option<ulong>("--seed")
        {
            Description = "What all chance of the experiment is drawn from; the same seed gives the same output.",
            HelpName = "N",
            DefaultValueFactory = _ => SeedDefault,
        };
        var html = new Option<string?>("--html")
        {
            Description = "Writes a page with the measured curves and tables, and a drawing of the most telling world.",
            HelpName = "FILE",
        };
        var command = new Command(
            "lab",
            "Runs an impossibility or a trade-off of the books in simulated worlds: what is shown, how it is set up, what was measured, and "
            + "whether what theory says was seen. Exits with 0 when it was ('shown'), with 1 when it was not ('not shown'), and with 3 when "
            + "a flag is wrong. docs/lab.md explains each.\n\nExperiments:\n"
            + string.Join("\n", LabCatalog.All.Select(e => $"  {e.Name,-18} {e.Shows}")))
        {
            name, seed, html,
        };
        command.SetAction(result => Run(result.GetValue(name)!, result.GetValue(seed), result.GetValue(html)));
        return command;
    }

    private static int Run(string name, ulong seed, string? html)
    {
        if (html is not null && string.IsNullOrWhiteSpace(html))
            return Refuse("--html needs the name of a file");
        if (name == "list")
            return List();
        if (LabCatalog.Named(name) is not { } experiment)
            return Refuse($"there is no experiment '{name}'; there are {string.Join(", ", LabCatalog.All.Select(e => e.Name))}");
        try
        {
            var result = experiment.Run(new ExperimentInput(seed, html is not null));
            Console.Write(ReportText.Of(experiment, result, seed));
            if (html is not null)
                PageFile.Write(html, LabPage.Of(experiment, result, seed));
            return result.IsShown ? 0 : ExitNotShown;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refuse(e.Message);
        }
        catch (Exception e) when (e is SimulationFailedException or TimeoutException)
        {
            Console.WriteLine($"not shown: {e.Message}");
            return ExitNotShown;
        }
    }

    private static int List()
    {
        foreach (var experiment in LabCatalog.All)
            Console.WriteLine($"{experiment.Name,-18} {experiment.Shows}");
        return 0;
    }

    private static int Refuse(string message)
    {
        Console.Error.WriteLine($"error: {message.ReplaceLineEndings(" ")}");
        return ExitBadInput;
    }
}
