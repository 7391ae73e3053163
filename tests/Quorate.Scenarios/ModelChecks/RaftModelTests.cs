using Quorate.Checking.ModelChecking;

namespace Quorate.Scenarios.ModelChecks;

/// <summary>Raft at small size, exhaustively: election safety, log matching, leader completeness and state machine safety (figure 3).</summary>
public sealed class RaftModelTests(ITestOutputHelper output)
{
    private static readonly ModelLimits Limits = new() { StatesMax = 3_000_000 };

    [Theory]
    [InlineData(1, 1, 1, 2, false)]
    [InlineData(1, 0, 1, 2, true)]
    [InlineData(2, 0, 0, 2, false)]
    [InlineData(2, 0, 1, 2, false)]
    [InlineData(2, 1, 0, 2, false)]
    public void Probe(int terms, int commands, int crashes, int candidates, bool slow)
    {
        var at = System.Diagnostics.Stopwatch.StartNew();
        var verdict = ModelChecker.Check(new RaftModel(new RaftModelBounds(3, terms, commands, crashes, candidates, slow)), new ModelLimits { StatesMax = 80_000 });
        output.WriteLine($"{terms} {commands} {crashes} {candidates} {slow}: {verdict} {at.Elapsed}");
    }

    [Fact]
    public void A_vote_that_a_restart_forgets_elects_two_leaders_of_a_term()
    {
        var verdict = ModelChecker.Check(new RaftModel(new RaftModelBounds(Terms: 1, Commands: 0, Crashes: 1, ForgetVote: true)), Limits);
        output.WriteLine(verdict.ToString());
        Assert.Equal(ModelOutcome.Violated, verdict.Outcome);
        Assert.Contains("election safety", verdict.Violation);
    }
}
