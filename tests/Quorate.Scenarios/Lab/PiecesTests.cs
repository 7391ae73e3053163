using Quorate.Cli.Lab.FailureDetection;
using Quorate.Cli.Lab.Flp;
using Quorate.Cli.Lab.TwoGenerals;

namespace Quorate.Scenarios.Lab;

/// <summary>The pieces of the experiments that can be told by a table.</summary>
public sealed class PiecesTests
{
    [Theory]
    [InlineData(0, 0, 0, false)]
    [InlineData(1, 1, 1, false)]
    [InlineData(0, 1, 1, true)]
    [InlineData(1, 0, 0, true)]
    public void Equal_beginnings_have_one_outcome_and_a_foreseen_coin_leaves_others_open(int a, int b, int c, bool isBivalent)
    {
        var state = Valency.StateOf(a + 2 * b + 4 * c, round: 1);
        Assert.Equal(isBivalent, new Valency(FallbackRule.Coin).IsBivalent(state));
        if (!isBivalent)
            Assert.False(new Valency(FallbackRule.Turn).IsBivalent(state));
    }

    [Fact]
    public void Two_equal_proposals_decide_one_is_taken_over_and_none_is_a_toss()
    {
        Assert.Equal((1, 1), End(own: 1, report: 1, proposal: 1));
        Assert.Equal((null, 1), End(own: 1, report: 1, proposal: null));
        Assert.Equal((null, 1), End(own: 0, report: 1, proposal: 1));
        Assert.Equal((null, 0), End(own: 1, report: 0, proposal: null));

        static (int? Decided, int Value) End(int own, int report, int? proposal)
        {
            var core = new BenOrCore(own, FallbackRule.Zero, () => throw new InvalidOperationException());
            core.Take(new BenOrMessage(1, false, report));
            Assert.True(core.TryGoOn());
            core.Take(new BenOrMessage(1, true, proposal));
            Assert.True(core.TryGoOn());
            return (core.Decided, core.Value);
        }
    }

    [Fact]
    public void A_message_of_a_later_half_waits_and_one_of_an_earlier_half_says_nothing()
    {
        var core = new BenOrCore(1, FallbackRule.Zero, () => 0);
        core.Take(new BenOrMessage(1, true, 1));
        Assert.False(core.TryGoOn());
        core.Take(new BenOrMessage(1, false, 1));
        Assert.True(core.TryGoOn());
        Assert.True(core.TryGoOn());
        Assert.Equal((1, 2), (core.Decided, core.Round));
        core.Take(new BenOrMessage(1, false, 0));
        Assert.False(core.TryGoOn());
    }

    [Theory]
    [InlineData(1, 1.2816)]
    [InlineData(2, 2.3263)]
    [InlineData(4, 3.7190)]
    [InlineData(8, 5.6120)]
    public void The_tail_of_the_normal_distribution_is_as_in_the_tables(double phi, double deviations) =>
        Assert.Equal(deviations, NormalTail.DeviationsOf(phi), 0.001);

    [Fact]
    public void A_detector_errs_when_a_heartbeat_comes_late_and_detects_a_crash_after_its_wait()
    {
        var detector = Detector.Fixed(150);
        var window = new IntervalWindow();
        foreach (var at in (double[])[100, 200, 400])
            detector.Hear(at, window);
        detector.JudgeCrash(crashed: 450, now: 2_000);

        Assert.Equal((1, 50d), (detector.Mistakes, detector.MistakenMs));
        Assert.Equal([100d], detector.Detections);
    }

    [Fact]
    public void Every_rule_of_a_plan_is_there_once() => Assert.Equal(5 * 5, Plan.All(8).Distinct().Count());
}
