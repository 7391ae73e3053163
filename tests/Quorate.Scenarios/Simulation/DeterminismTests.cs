using Quorate.Scenarios.Project;

namespace Quorate.Scenarios.Simulation;

/// <summary>The same seed gives the same run: in another process, and in another build.</summary>
[Trait("Speed", "Slow")]
public sealed class DeterminismTests
{
    private const string Seeds = "1..4";

    public static TheoryData<string> Scenarios => ["raft-kv", "raft-watch", "raft-lease", "raft-membership"];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task The_trace_hashes_of_two_processes_are_equal(string scenario)
    {
        var folder = ProjectFolder.CommandLine(ProjectFolder.Configuration);
        Assert.Equal(await TracesAsync(folder, scenario), await TracesAsync(folder, scenario));
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task The_trace_hashes_of_Debug_and_Release_are_equal(string scenario)
    {
        var (debug, release) = (ProjectFolder.CommandLine("Debug"), ProjectFolder.CommandLine("Release"));
        Assert.SkipUnless(IsBuilt(debug) && IsBuilt(release), "the command line is not built in both configurations: ./test builds both");
        Assert.Equal(await TracesAsync(release, scenario), await TracesAsync(debug, scenario));
    }

    private static bool IsBuilt(string folder) => File.Exists(Path.Combine(folder, "quorate.dll"));

    /// <summary>A line for each seed, which holds the hash over every event of its run.</summary>
    private static async Task<string> TracesAsync(string folder, string scenario)
    {
        var report = Path.GetTempFileName();
        try
        {
            var run = await CommandLineRun.Of(folder, TimeSpan.FromMinutes(5), "sim", scenario, "--seeds", Seeds, "--jobs", "1", "--json", report);
            Assert.True(run.ExitCode == 0, run.Output);
            var lines = await File.ReadAllTextAsync(report);
            Assert.Equal(4, lines.Split("\"traceHash\"").Length - 1);
            return lines;
        }
        finally
        {
            File.Delete(report);
        }
    }
}
