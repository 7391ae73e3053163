using Quorate.Checking.ModelChecking;

namespace Quorate.Scenarios.ModelChecks;

/// <summary>Raft at small size, exhaustively: election safety, log matching, leader completeness and state machine safety (figure 3).</summary>
public sealed class RaftModelTests(ITestOutputHelper output)
{
    private static readonly ModelLimits Limits = new() { StatesMax = 3_000_000 };

    [Fact]
    public void One_term_with_a_command_and_a_crash_is_safe_in_every_state()
    {
        var verdict = ModelChecker.Check(new RaftModel(new RaftModelBounds(Terms: 1, Commands: 1, Crashes: 1)), Limits);
        output.WriteLine(verdict.ToString());
        Assert.Equal((ModelOutcome.Holds, 0L), (verdict.Outcome, verdict.States));
    }

    [Fact]
    public void Two_terms_without_a_command_are_safe_in_every_state()
    {
        var verdict = ModelChecker.Check(new RaftModel(new RaftModelBounds(Terms: 2, Commands: 0, Crashes: 0)), Limits);
        output.WriteLine(verdict.ToString());
        Assert.Equal((ModelOutcome.Holds, 0L), (verdict.Outcome, verdict.States));
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
