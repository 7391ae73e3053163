using Quorate.Checking.ModelChecking;

namespace Quorate.Tests.Checking.ModelChecking;

public sealed class ModelCheckerTests
{
    [Fact]
    public void Every_reachable_state_is_visited_once()
    {
        var jugs = new Jugs(forbidden: -1);
        var verdict = ModelChecker.Check(jugs);
        Assert.Equal((ModelOutcome.Holds, 16L, 16L * 6), (verdict.Outcome, verdict.States, verdict.Steps));
        Assert.Equal(16, jugs.Asked);
        Assert.Equal(7, verdict.Depth);
        Assert.Null(verdict.Violation);
        Assert.Empty(verdict.Path);
    }

    [Fact]
    public void The_path_to_a_violation_is_as_short_as_can_be()
    {
        var verdict = ModelChecker.Check(new Jugs(forbidden: 4));
        Assert.Equal((ModelOutcome.Violated, "4 gallons", 6), (verdict.Outcome, verdict.Violation, verdict.Depth));
        Assert.Equal(
            [
                "fill the large jug",
                "pour the large jug into the small one",
                "empty the small jug",
                "pour the large jug into the small one",
                "fill the large jug",
                "pour the large jug into the small one",
            ],
            verdict.Path);
    }

    [Fact]
    public void A_wrong_first_state_is_a_violation_without_a_path()
    {
        var verdict = ModelChecker.Check(new Jugs(forbidden: 0));
        Assert.Equal((ModelOutcome.Violated, 1L, 0), (verdict.Outcome, verdict.States, verdict.Depth));
        Assert.Equal(["start"], verdict.Path);
    }

    [Fact]
    public void A_step_that_breaks_something_is_the_last_of_the_path()
    {
        var verdict = ModelChecker.Check(new Jugs(forbidden: -1, mayOverflow: true));
        Assert.Equal((ModelOutcome.Violated, "it overflows"), (verdict.Outcome, verdict.Violation));
        Assert.Equal(["fill the large jug", "fill the large jug"], verdict.Path);
    }

    [Theory]
    [InlineData(15, 1_000, ModelOutcome.Unknown)]
    [InlineData(16, 1_000, ModelOutcome.Holds)]
    [InlineData(100, 6, ModelOutcome.Unknown)]
    [InlineData(100, 7, ModelOutcome.Holds)]
    public void A_limit_that_is_met_gives_unknown(int states, int depth, ModelOutcome outcome)
    {
        var verdict = ModelChecker.Check(new Jugs(forbidden: -1), new ModelOptions { StatesMax = states, DepthMax = depth });
        Assert.Equal(outcome, verdict.Outcome);
    }

    [Fact]
    public void A_violation_within_the_limit_is_found_and_one_behind_it_is_not()
    {
        Assert.Equal(ModelOutcome.Violated, ModelChecker.Check(new Jugs(forbidden: 4), new ModelOptions { DepthMax = 6 }).Outcome);
        Assert.Equal(ModelOutcome.Unknown, ModelChecker.Check(new Jugs(forbidden: 4), new ModelOptions { DepthMax = 4 }).Outcome);
    }

    [Fact]
    public void The_same_model_gives_the_same_verdict() =>
        Assert.Equal(ModelChecker.Check(new Jugs(4)).ToString(), ModelChecker.Check(new Jugs(4)).ToString());
}
