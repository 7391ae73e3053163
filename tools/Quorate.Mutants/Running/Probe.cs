using System.Reflection;
using System.Text.Json;
using Quorate.Cli.Scenarios;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Mutants.Building;
using Quorate.Simulation.Shrinking;

namespace Quorate.Mutants.Running;

/// <summary>
/// Runs seeds with one mutant on after another, as a line of its input asks for, and answers each with a line. It is a process of its own,
/// since a mutant may never come back; one process for many mutants, since what all of them share is then compiled to machine code once.
/// </summary>
internal static class Probe
{
    /// <summary>The argument that makes this program a probe.</summary>
    public const string Argument = "probe";

    /// <summary>Answers until the input ends.</summary>
    /// <param name="input">Asks.</param>
    /// <param name="output">Takes the answers.</param>
    public static int Run(TextReader input, TextWriter output)
    {
        while (input.ReadLine() is { } line)
        {
            var order = JsonSerializer.Deserialize<ProbeOrder>(line)!;
            output.WriteLine(JsonSerializer.Serialize(Run(order)));
            output.Flush();
        }

        return 0;
    }

    private static ProbeAnswer Run(ProbeOrder order)
    {
        var scenario = ScenarioCatalog.Named(order.Scenario)
            ?? throw new ArgumentException($"there is no scenario '{order.Scenario}'", nameof(order));
        TurnOn(order);
        var begun = Environment.CpuUsage.TotalTime;
        for (var seed = order.First; ; seed++)
        {
            var result = scenario.Run(new RunInput(seed));
            var spent = (Environment.CpuUsage.TotalTime - begun).TotalSeconds;
            if (result.Violation is not null || seed == order.Last || spent > order.SecondsMax)
                return new ProbeAnswer(
                    seed - order.First + 1, spent, result.Violation, result.TraceHash, Shrink(scenario, result, order.ShrinkSecondsMax));
        }
    }

    // By the processor's time and one run after another: what else runs on the machine changes nothing of the figures.
    private static ShrunkRun? Shrink(IScenario scenario, SeedResult failed, double secondsMax)
    {
        if (secondsMax <= 0 || failed.Violation is not { } violation)
            return null;
        var limits = new ShrinkLimits { TimeMax = TimeSpan.FromSeconds(secondsMax) };
        var shrinker = new Shrinker(
            schedules => [.. schedules.Select(s => scenario.Run(new RunInput(s.Seed, s)).Violation)], limits, new ProcessorTime());
        var result = shrinker.Shrink(failed.Schedule, violation, failed.Machines);
        return new ShrunkRun(result.Schedule.Events, result.Elapsed.TotalSeconds, result.IsVerified);
    }

    private static void TurnOn(ProbeOrder order)
    {
        foreach (var name in order.Assemblies)
        {
            var field = Assembly.Load(name).GetType(SwitchedSource.SwitchType)?.GetField(
                SwitchedSource.SwitchField, BindingFlags.Static | BindingFlags.NonPublic);
            (field ?? throw new InvalidOperationException($"{name} was compiled without a switch")).SetValue(null, order.Number);
        }
    }
}
