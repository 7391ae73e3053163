using Quorate.Scenarios.Project;

namespace Quorate.Scenarios.Lab;

/// <summary><c>quorate lab</c> as a process: reports, pages and exit codes.</summary>
[Trait("Speed", "Slow")]
public sealed class LabCommandTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData("--help", 0, "split-brain")]
    [InlineData("no-such-thing", 3, "there is no experiment 'no-such-thing'")]
    public async Task The_command_says_what_there_is(string arguments, int code, string output)
    {
        var run = await CommandLineRun.Of(ProjectFolder.CommandLine(ProjectFolder.Configuration), Limit, ["lab", .. arguments.Split(' ')]);
        Assert.Equal(code, run.ExitCode);
        Assert.Contains(output, run.Output);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task An_experiment_reports_writes_its_page_and_says_the_same_again()
    {
        var file = Path.Combine(Path.GetTempPath(), $"quorate-lab-{Guid.NewGuid():n}.html");
        try
        {
            var folder = ProjectFolder.CommandLine(ProjectFolder.Configuration);
            var filmed = await CommandLineRun.Of(folder, Limit, "lab", "failure-detection", "--seed", "5", "--html", file);
            var again = await CommandLineRun.Of(folder, Limit, "lab", "failure-detection", "--seed", "5");

            Assert.Equal(0, filmed.ExitCode);
            Assert.Contains("\nshown: ", again.Output);
            Assert.Contains("replay: ./quorate lab failure-detection --seed 5\n", again.Output);
            Assert.StartsWith(again.Output, filmed.Output);
            Assert.InRange(new FileInfo(file).Length, 90_000, 2_000_000);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
