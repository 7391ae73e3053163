using Quorate.Checking.ModelChecking;
using Quorate.Cli.Models;

namespace Quorate.Scenarios.ModelChecks;

/// <summary>Classics with sizes that are known from elsewhere, or can be counted by hand.</summary>
public sealed class SmallModelTests
{
    public static TheoryData<ModelOrder> Orders => [ModelOrder.BreadthFirst, ModelOrder.DepthFirst];

    // TLC gives 288 states for Lamport's TwoPhase with three resource managers, and Stateright 8,832 for its own with five.
    [Theory]
    [InlineData(3, 288)]
    [InlineData(5, 8_832)]
    public void Two_phase_commit_has_as_many_states_as_other_checkers_find(int participants, long states)
    {
        var verdict = ModelChecker.Check(new TwoPhaseCommitModel(participants));
        Assert.Equal((ModelOutcome.Holds, states), (verdict.Outcome, verdict.States));
        var reduced = new ReducedModel(new TwoPhaseCommitModel(participants), participants, TwoPhaseCommitModel.Rename);
        var some = ModelChecker.Check(reduced);
        GoldenStates.Match($"two-phase-commit of {participants}", some);
        Assert.Equal((states, verdict.Depth), (reduced.Represented, some.Depth));
    }

    [Fact]
    public void Two_phase_commit_decides_unless_its_coordinator_stops()
    {
        Assert.Equal(ModelOutcome.Holds, ModelChecker.Check(new TwoPhaseCommitModel(3, liveness: true)).Outcome);
        var blocked = ModelChecker.Check(new TwoPhaseCommitModel(3, mayStop: true, liveness: true));
        Assert.Equal("eventually all decided: it never comes", blocked.Violation);
        Assert.Equal("the coordinator stops for ever", blocked.Path[^1]);
        Assert.Empty(blocked.Cycle);
    }

    // By hand: while a message was not taken, its channel and that of acknowledgements are in one of five states, afterwards in one of four;
    // four numbers.
    [Theory]
    [MemberData(nameof(Orders))]
    public void Alternating_bit_has_36_states_and_goes_on_for_ever(ModelOrder order)
    {
        var verdict = ModelChecker.Check(new AlternatingBitModel(), new ModelOptions { Order = order });
        Assert.Equal((ModelOutcome.Holds, (5 + 4) * 4L), (verdict.Outcome, verdict.States));
    }

    [Fact]
    public void A_channel_that_is_weakly_fair_may_lose_every_message_which_only_a_cycle_shows()
    {
        var verdict = ModelChecker.Check(new AlternatingBitModel(delivery: Fairness.Weak));
        Assert.Equal(ModelOutcome.Violated, verdict.Outcome);
        Assert.Equal(["the sender sends 0", "message 0 is lost"], verdict.Cycle);
    }

    [Fact]
    public void Without_the_bit_a_message_is_taken_twice()
    {
        var verdict = ModelChecker.Check(new AlternatingBitModel(withBit: false));
        Assert.Equal(("0 is taken where 1 is due", 4), (verdict.Violation, verdict.Depth));
    }

    // By hand: of 15 pairs of places (not both inside), four have either turn, where nobody waits or is inside, and one where both wait.
    [Theory]
    [MemberData(nameof(Orders))]
    public void Petersons_exclusion_has_20_states_and_lets_everyone_in(ModelOrder order)
    {
        var verdict = ModelChecker.Check(new PetersonModel(), new ModelOptions { Order = order });
        Assert.Equal((ModelOutcome.Holds, 15L + 4 + 1), (verdict.Outcome, verdict.States));
    }

    [Fact]
    public void With_the_turn_given_away_first_both_get_in()
    {
        var verdict = ModelChecker.Check(new PetersonModel(turnFirst: true));
        Assert.Equal(("both are in", 6), (verdict.Violation, verdict.Depth));
    }

    [Fact]
    public void Nobody_is_let_in_when_a_process_may_stop_anywhere() =>
        Assert.Equal("p1 wants in leads to p1 is in: it never comes", ModelChecker.Check(new PetersonModel(fair: false)).Violation);

    // By hand: words in a circle of T, L and E in which T follows E, as many as the companion Pell numbers (1 + √2)ⁿ + (1 − √2)ⁿ.
    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    public void Philosophers_starve_when_each_holds_one_fork(int count)
    {
        var verdict = ModelChecker.Check(new PhilosophersModel(count));
        Assert.StartsWith("deadlock", verdict.Violation);
        Assert.Equal(Enumerable.Range(1, count).Select(p => $"p{p} takes its first fork"), verdict.Path);
        var words = Math.Round(Math.Pow(1 + Math.Sqrt(2), count) + Math.Pow(1 - Math.Sqrt(2), count));
        Assert.Equal(words, ModelChecker.Check(new Ending(new PhilosophersModel(count))).States);
    }

    [Theory]
    [InlineData(Fairness.Strong, ModelOutcome.Holds)]
    [InlineData(Fairness.Weak, ModelOutcome.Violated)]
    public void Philosophers_with_ordered_forks_eat_if_a_fork_that_is_free_now_and_then_is_taken(object fairness, ModelOutcome outcome)
    {
        var verdict = ModelChecker.Check(new PhilosophersModel(4, ordered: true, (Fairness)fairness, liveness: true));
        Assert.Equal(outcome, verdict.Outcome);
        Assert.Equal(outcome == ModelOutcome.Violated, verdict.Cycle.Count > 0);
    }

    /// <summary>A model that may end.</summary>
    private sealed class Ending(IModel model) : IModel
    {
        public void WriteInitial(Kernel.Encoding.ByteWriter writer) => model.WriteInitial(writer);

        public void Explore(ReadOnlySpan<byte> state, ModelSteps steps) => model.Explore(state, steps);
    }
}
