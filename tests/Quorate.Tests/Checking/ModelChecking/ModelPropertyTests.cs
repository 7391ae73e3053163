using Quorate.Checking.ModelChecking;

namespace Quorate.Tests.Checking.ModelChecking;

public sealed class ModelPropertyTests
{
    private static readonly GraphModel.Step[] Line = [new(0, 1), new(1, 2)];

    [Fact]
    public void What_is_reached_sometimes_comes_with_a_way_there()
    {
        var verdict = ModelChecker.Check(new GraphModel(Line, ModelProperty.Sometimes("goal")) { FactsAt = s => s == 2 ? 1 : 0 });
        Assert.Equal(ModelOutcome.Holds, verdict.Outcome);
        Assert.Equal(["0>1:-1", "1>2:-1"], verdict.Witnesses["goal"]);
    }

    [Fact]
    public void What_is_never_reached_is_a_violation()
    {
        var verdict = ModelChecker.Check(new GraphModel(Line, ModelProperty.Sometimes("goal"), ModelProperty.Sometimes("trigger")) { FactsAt = _ => 1 });
        Assert.Equal((ModelOutcome.Violated, "sometimes trigger: no reachable state has it"), (verdict.Outcome, verdict.Violation));
    }

    [Fact]
    public void A_last_state_is_a_deadlock_also_when_a_step_leads_back_to_it()
    {
        var verdict = ModelChecker.Check(new GraphModel([.. Line, new(2, 2)], ModelProperty.NeverEnds));
        Assert.Equal((ModelOutcome.Violated, 2), (verdict.Outcome, verdict.Depth));
        Assert.StartsWith("deadlock", verdict.Violation);
    }

    [Fact]
    public void A_last_state_that_may_be_one_is_none()
    {
        var ends = new GraphModel(Line, ModelProperty.EndsOnlyWith("goal")) { FactsAt = s => s == 2 ? 1 : 0 };
        Assert.Equal(ModelOutcome.Holds, ModelChecker.Check(ends).Outcome);
        var both = new GraphModel(Line, ModelProperty.EndsOnlyWith("goal"), ModelProperty.EndsOnlyWith("trigger")) { FactsAt = _ => 1 };
        Assert.Equal(ModelOutcome.Violated, ModelChecker.Check(both).Outcome);
    }

    [Fact]
    public void A_fact_that_the_model_does_not_have_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => ModelChecker.Check(new GraphModel(Line, ModelProperty.LeadsTo("nonsense", "goal"))));
        Assert.Contains("'nonsense'", error.Message);
    }

    [Fact]
    public void A_fair_action_that_the_model_does_not_have_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(
        () => ModelChecker.Check(new GraphModel([new(0, 1, 3)], ModelProperty.Eventually("goal")) { FairActions = [new("only")] }));
}
