using Quorate.Checking.ModelChecking;

namespace Quorate.Scenarios.ModelChecks;

/// <summary>Raft at small size, exhaustively: election safety, log matching, leader completeness and state machine safety (figure
/// 3).</summary>
public sealed class RaftModelTests(ITestOutputHelper output)
{
    private static readonly ModelLimits Limits = new() { StatesMax = 3_000_000 };

    // The numbers of states are golden: they change only with the protocol or the model, and one should know why.
    [Theory]
    [InlineData(1, 1, 1, 7_760)]
    [InlineData(2, 0, 1, 19_046)]
    [InlineData(2, 1, 0, 21_841)]
    public void Every_reachable_state_is_safe(int terms, int commands, int crashes, long states)
    {
        var bounds = new RaftModelBounds(Terms: terms, Commands: commands, Crashes: crashes, Candidates: 2);
        var verdict = ModelChecker.Check(new RaftModel(bounds), Limits);
        output.WriteLine(verdict.ToString());
        Assert.Equal((ModelOutcome.Holds, states), (verdict.Outcome, verdict.States));
    }

    [Fact]
    public void A_limit_gives_unknown()
    {
        var verdict = ModelChecker.Check(new RaftModel(new RaftModelBounds()), new ModelLimits { StatesMax = 100 });
        Assert.Equal(ModelOutcome.Unknown, verdict.Outcome);
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
