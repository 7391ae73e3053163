using Quorate.Checking.ModelChecking;

namespace Quorate.Scenarios.ModelChecks;

/// <summary>Raft at small size, exhaustively: election safety, log matching, leader completeness and state machine safety (figure
/// 3).</summary>
public sealed class RaftModelTests(ITestOutputHelper output)
{
    private static readonly ModelLimits Limits = new() { StatesMax = 5_000_000 };

    // The numbers of states are golden: they change only with the protocol or the model, and one should know why.
    [Theory]
    [InlineData(1, 1, 1, false, 2_949)]
    [InlineData(2, 0, 1, false, 15_972)]
    [InlineData(2, 1, 0, false, 15_973)]
    [InlineData(2, 1, 1, false, 115_384)]
    [InlineData(1, 0, 1, true, 2_076)]
    [InlineData(1, 1, 1, true, 22_616)]
    public void Every_reachable_state_is_safe(int terms, int commands, int crashes, bool slowDisk, long states) =>
        Check(new RaftModelBounds(Terms: terms, Commands: commands, Crashes: crashes, SlowDisk: slowDisk), states);

    [Theory]
    [Trait("Speed", "Slow")]
    [InlineData(2, 1, 2, false, 300_544)]
    [InlineData(1, 1, 2, true, 44_109)]
    public void Every_reachable_state_of_a_larger_model_is_safe(int terms, int commands, int crashes, bool slowDisk, long states) =>
        Check(new RaftModelBounds(Terms: terms, Commands: commands, Crashes: crashes, SlowDisk: slowDisk), states);

    // The states that one stands for are counted by its renamings; that they are as many as there are without it shows that the core does
    // not tell servers apart.
    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(2, 0, false)]
    [InlineData(1, 1, true)]
    public void One_state_of_each_renaming_stands_for_as_many_as_there_are(int terms, int crashes, bool slowDisk)
    {
        var bounds = new RaftModelBounds(Terms: terms, Commands: 0, Crashes: crashes, SlowDisk: slowDisk);
        var some = new RaftModel(bounds);
        var verdict = ModelChecker.Check(some, Limits);
        var all = ModelChecker.Check(new RaftModel(bounds with { Symmetry = false }), Limits);
        Assert.Equal((all.Outcome, all.States, all.Depth), (verdict.Outcome, some.Represented, verdict.Depth));
        Assert.True(verdict.States * 5 < all.States, $"{verdict.States} states instead of {all.States}");
    }

    private void Check(RaftModelBounds bounds, long states)
    {
        var model = new RaftModel(bounds);
        var verdict = ModelChecker.Check(model, Limits);
        output.WriteLine($"{bounds}: {verdict}, for {model.Represented} with the servers renamed");
        Assert.Equal((ModelOutcome.Holds, states), (verdict.Outcome, verdict.States));
    }
}
