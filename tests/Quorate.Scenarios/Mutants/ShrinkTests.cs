using System.Text.RegularExpressions;
using Quorate.Scenarios.Project;
using Quorate.Simulation.Schedules;

namespace Quorate.Scenarios.Mutants;

/// <summary>A well-known bug is found, cut down to few events, and replayed from the file.</summary>
[Trait("Speed", "Slow")]
public sealed class ShrinkTests(SharedMutants mutants)
{
    private const int EventsMax = 20;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData("vote-without-log-check")]
    [InlineData("read-index-before-noop")]
    [InlineData("lease-clock-of-the-wall")]
    [InlineData("corrupt-middle-taken-for-a-tail")]
    [InlineData("no-check-quorum")]
    public async Task A_mutant_shrinks_to_few_events_and_its_file_replays(string name)
    {
        var scenario = SharedMutants.Named(name).Scenario;
        var found = await RunAsync("--seeds", "1..1000");
        var seed = Regex.Match(found.Output, "--seed ([0-9]+)").Groups[1].Value;
        var shrunk = await RunAsync("--seed", seed, "--shrink");
        Assert.Equal(1, shrunk.ExitCode);
        Assert.DoesNotContain("NOT VERIFIED", shrunk.Output);
        var file = Path.Combine(mutants.Folder, $"{scenario}-{seed}.schedule.json");
        Assert.InRange(ScheduleReader.Parse(await File.ReadAllTextAsync(file)).Events, 1, EventsMax);
        var replayed = await RunAsync("--schedule", file);
        Assert.Equal(1, replayed.ExitCode);
        Assert.Contains("VIOLATION", replayed.Output);

        Task<CommandLineRun> RunAsync(params string[] flags) => mutants.RunAsync(name, Limit, ["sim", scenario, .. flags]);
    }
}
