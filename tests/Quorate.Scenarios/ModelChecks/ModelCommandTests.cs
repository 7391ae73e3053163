using Quorate.Scenarios.Mutants;
using Quorate.Scenarios.Project;

namespace Quorate.Scenarios.ModelChecks;

/// <summary><c>quorate model</c> as a process: verdicts, exit codes, and mutants of the core that ships.</summary>
[Trait("Speed", "Slow")]
public sealed class ModelCommandTests(SharedMutants mutants)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData("list", 0, "two-phase-commit")]
    [InlineData("raft --terms 1", 0, "holds: raft of 3 servers, 1 terms, 1 commands, 1 crashes: 2949 states that stand for 17300")]
    [InlineData("peterson --dfs --fingerprint 64", 0, "holds: Peterson's mutual exclusion: 20 states")]
    [InlineData("raft --bug forgotten-vote --terms 1", 1, "election safety")]
    [InlineData("alternating-bit --weak", 1, "and then for ever")]
    [InlineData("raft --max-states 1000", 2, "unknown: raft of 3 servers")]
    [InlineData("raft --memory 1", 2, "it takes more than 1 MiB")]
    [InlineData("raft --servers 0", 3, "--servers must be from 1 to 6")]
    [InlineData("raft --fingerprint 7", 3, "--fingerprint must be 64 or 128")]
    [InlineData("raft --bug none", 3, "there is no bug 'none'")]
    [InlineData("paxos", 3, "error:")]
    public async Task The_exit_code_is_the_verdict(string arguments, int code, string output)
    {
        var run = await CommandLineRun.Of(ProjectFolder.CommandLine(ProjectFolder.Configuration), Limit, ["model", .. arguments.Split(' ')]);
        Assert.Equal(code, run.ExitCode);
        Assert.Contains(output, run.Output);
    }

    [Theory]
    [Trait("Speed", "Slow")]
    [InlineData("voted-for-not-persisted")]
    [InlineData("vote-without-log-check")]
    public async Task A_mutant_of_the_core_is_caught_with_a_shortest_path(string name)
    {
        var run = await mutants.RunAsync(name, Limit, "model", "raft");
        TestContext.Current.TestOutputHelper?.WriteLine(run.Output);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("violated: raft", run.Output);
        Assert.Contains("    n1 times out", run.Output);
    }
}
