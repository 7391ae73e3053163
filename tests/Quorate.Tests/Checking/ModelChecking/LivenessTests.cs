using Quorate.Checking.ModelChecking;

namespace Quorate.Tests.Checking.ModelChecking;

/// <summary>What must come in the end, on runs that never end.</summary>
[Trait("Speed", "Slow")]
public sealed class LivenessTests
{
    private static readonly FairAction[] OneWeak = [new("goes on")];
    private static readonly FairAction[] OneStrong = [new("goes on", Fairness.Strong)];

    [Fact]
    public void A_run_that_goes_in_circles_before_the_goal_is_found_although_it_never_ends()
    {
        // No state is a last one: a search for ends alone would see nothing wrong.
        var verdict = ModelChecker.Check(new GraphModel([new(0, 1, 0), new(1, 2, 0), new(2, 1, 0), new(2, 3, 0), new(3, 3)], ModelProperty.Eventually("goal"))
        {
            FairActions = OneWeak,
            FactsAt = s => s == 3 ? 1 : 0,
        });
        Assert.Equal((ModelOutcome.Violated, "eventually goal: it never comes"), (verdict.Outcome, verdict.Violation));
        Assert.Equal(["0>1:0"], verdict.Path);
        Assert.Equal(["1>2:0", "2>1:0"], verdict.Cycle);
    }

    [Fact]
    public void Weak_fairness_ends_a_circle_in_which_a_way_out_stays_open() => Assert.Equal(
        ModelOutcome.Holds,
        ModelChecker.Check(new GraphModel([new(0, 1), new(1, 0), new(0, 2, 0), new(1, 2, 0)], ModelProperty.Eventually("goal"))
        {
            FairActions = OneWeak,
            FactsAt = s => s == 2 ? 1 : 0,
        }).Outcome);

    [Theory]
    [InlineData(Fairness.Weak, ModelOutcome.Violated)]
    [InlineData(Fairness.Strong, ModelOutcome.Holds)]
    public void A_way_out_that_is_open_now_and_then_must_be_taken_with_strong_fairness_alone(object fairness, ModelOutcome outcome)
    {
        var verdict = ModelChecker.Check(new GraphModel([new(0, 1), new(1, 0, 1), new(1, 2, 0)], ModelProperty.AlwaysEventually("goal"))
        {
            FairActions = [new("leaves", (Fairness)fairness), new("turns back")],
            FactsAt = s => s == 2 ? 1 : 0,
        });
        // In state 0 nothing must happen: the run may stop there, whatever is fair elsewhere.
        Assert.Equal(ModelOutcome.Violated, verdict.Outcome);
        Assert.Empty(verdict.Cycle);

        var moving = ModelChecker.Check(new GraphModel([new(0, 1, 2), new(1, 0, 1), new(1, 2, 0)], ModelProperty.AlwaysEventually("goal"))
        {
            FairActions = [new("leaves", (Fairness)fairness), new("turns back"), new("comes")],
            FactsAt = s => s == 2 ? 1 : 0,
        });
        Assert.Equal(outcome, moving.Outcome);
    }

    [Fact]
    public void A_run_may_stop_where_nothing_must_happen()
    {
        var verdict = ModelChecker.Check(new GraphModel([new(0, 1)], ModelProperty.Eventually("goal")) { FactsAt = s => s });
        Assert.Equal(ModelOutcome.Violated, verdict.Outcome);
        Assert.Empty(verdict.Path);
        Assert.Empty(verdict.Cycle);
    }

    [Fact]
    public void What_was_reached_once_need_not_stay() => Assert.Equal(
        ModelOutcome.Holds,
        ModelChecker.Check(new GraphModel([new(0, 1, 0), new(1, 2, 0)], ModelProperty.Eventually("goal"))
        {
            FairActions = OneStrong,
            FactsAt = s => s == 1 ? 1 : 0,
        }).Outcome);

    [Fact]
    public void A_trigger_late_in_a_run_is_answered_or_the_way_to_it_is_shown()
    {
        GraphModel.Step[] graph = [new(0, 1, 0), new(1, 2, 0), new(2, 3, 0), new(2, 4, 0), new(4, 2, 0)];
        var model = new GraphModel(graph, ModelProperty.LeadsTo("trigger", "goal")) { FairActions = OneWeak, FactsAt = s => s == 1 ? 2 : s == 3 ? 1 : 0 };
        var verdict = ModelChecker.Check(model);
        Assert.Equal(["0>1:0", "1>2:0"], verdict.Path);
        Assert.Equal(["2>4:0", "4>2:0"], verdict.Cycle);
    }

    /// <summary>Against a search of all sets of states, on random graphs; and each run that is shown is walked again.</summary>
    [Theory]
    [InlineData(ModelOrder.BreadthFirst)]
    [InlineData(ModelOrder.DepthFirst)]
    public void Verdicts_are_those_of_a_search_of_all_sets_of_states(ModelOrder order)
    {
        ModelProperty[] properties = [ModelProperty.Eventually("goal"), ModelProperty.AlwaysEventually("goal"), ModelProperty.LeadsTo("trigger", "goal")];
        var violated = 0;
        for (var seed = 0; seed < 1_000; seed++)
        {
            var random = new Random(seed);
            var states = random.Next(1, 7);
            var graph = Enumerable.Range(0, random.Next(2 * states + 1))
                .Select(_ => new GraphModel.Step(random.Next(states), random.Next(states), random.Next(-1, 4))).Distinct().ToArray();
            var facts = Enumerable.Range(0, states).Select(_ => random.Next(3) == 0 ? 1 : random.Next(2) * 2).ToArray();
            var property = properties[seed % 3];
            var model = new GraphModel(graph, property)
            {
                FairActions = [new("a"), new("b", Fairness.Strong), new("c"), new("d", Fairness.Strong)],
                FactsAt = s => facts[s],
            };
            var verdict = ModelChecker.Check(model, new ModelOptions { Order = order });
            var expected = SetsOfStates.HasBadRun(model, states, property);
            Assert.True((verdict.Outcome == ModelOutcome.Violated) == expected, $"seed {seed}: {verdict}");
            violated += expected ? 1 : 0;
            if (expected)
                SetsOfStates.AssertIsBadRun(model, property, verdict);
        }

        Assert.InRange(violated, 100, 900);
    }
}
