using Quorate.Scenarios.Project;

namespace Quorate.Scenarios.Mutants;

/// <summary>Each well-known bug, put back into the production source, is caught by its scenario within 1,000 seeds.</summary>
[Trait("Speed", "Slow")]
public sealed class MutantTests
{
    private const int SeedsMax = 1000;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);
    private static readonly string Home = Path.Combine(ProjectFolder.Root, "tests", "Quorate.Scenarios", "Mutants");

    /// <summary>Each mutant by its path; one alone runs with <c>-trait "Mutant=torn-tail-accepted"</c>.</summary>
    public static IEnumerable<TheoryDataRow<string>> Names =>
        Directory.EnumerateFiles(Home, "*.mutant", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Home, f)).Order(StringComparer.Ordinal)
            .Select(name => new TheoryDataRow<string>(name).WithTrait("Mutant", Path.GetFileNameWithoutExtension(name)));

    [Fact]
    public void There_are_ten_mutants_of_Raft() => Assert.Equal(10, Directory.EnumerateFiles(Path.Combine(Home, "Raft"), "*.mutant").Count());

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Each_mutant_is_caught(string name)
    {
        var mutant = Mutant.Parse(name, File.ReadAllText(Path.Combine(Home, name)));
        using var build = MutantBuild.Of(mutant);
        var run = await CommandLineRun.Of(build.Folder, "quorate.dll", Limit, "sim", mutant.Scenario, "--seeds", $"1..{SeedsMax}");
        TestContext.Current.TestOutputHelper?.WriteLine(run.Output);
        Assert.True(run.ExitCode == 1, $"{mutant.Title}: not caught by {mutant.Scenario} (exit {run.ExitCode})\n{run.Output}");
        Assert.Contains("replay: ./quorate sim", run.Output);
    }
}
