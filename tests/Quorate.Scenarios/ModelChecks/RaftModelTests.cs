using Quorate.Checking.ModelChecking;
using Quorate.Cli.Models.Raft;

namespace Quorate.Scenarios.ModelChecks;

/// <summary>Raft at small size, exhaustively: election safety, log matching, leader completeness and state machine safety (figure
/// 3).</summary>
public sealed class RaftModelTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1, 1, 1, false)]
    [InlineData(2, 0, 1, false)]
    [InlineData(2, 1, 0, false)]
    [InlineData(2, 1, 1, false)]
    [InlineData(1, 0, 1, true)]
    [InlineData(1, 1, 1, true)]
    public void Every_reachable_state_is_safe(int terms, int commands, int crashes, bool slowDisk) =>
        Check(new RaftModelBounds(Terms: terms, Commands: commands, Crashes: crashes, SlowDisk: slowDisk));

    [Theory]
    [Trait("Speed", "Slow")]
    [InlineData(2, 1, 2, false)]
    [InlineData(3, 0, 0, false)]
    [InlineData(1, 1, 2, true)]
    public void Every_reachable_state_of_a_larger_model_is_safe(int terms, int commands, int crashes, bool slowDisk) =>
        Check(new RaftModelBounds(Terms: terms, Commands: commands, Crashes: crashes, SlowDisk: slowDisk));

    // With one candidate there is always a leader in the end, and what it was told is committed. With two, the third's vote decides.
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 1, 1)]
    [InlineData(1, 0, 2)]
    [InlineData(2, 0, 2)]
    public void A_leader_is_elected_in_the_end(int terms, int commands, int candidates) =>
        Check(new RaftModelBounds(Terms: terms, Commands: commands, Crashes: 0, Candidates: candidates, Liveness: true));

    // Fischer, Lynch and Paterson, 1985: no protocol can keep this from happening. Raft makes it rare, by timeouts drawn at random.
    [Fact]
    public void Three_candidates_may_split_the_votes_of_every_term()
    {
        var verdict = ModelChecker.Check(new RaftModel(new RaftModelBounds(Terms: 1, Commands: 0, Crashes: 0, Liveness: true)));
        Assert.Equal((ModelOutcome.Violated, "eventually a server leads: it never comes"), (verdict.Outcome, verdict.Violation));
        Assert.Equal(["n1 times out", "n2 times out", "n3 times out"], verdict.Path.Take(3));
    }

    [Fact]
    public void Deepest_first_the_same_states_are_visited()
    {
        var bounds = new RaftModelBounds(Terms: 1);
        var options = new ModelOptions { Order = ModelOrder.DepthFirst, Fingerprint = FingerprintSize.Bits64 };
        var (wide, deep) = (ModelChecker.Check(new RaftModel(bounds)), ModelChecker.Check(new RaftModel(bounds), options));
        Assert.Equal((wide.Outcome, wide.States, wide.Steps), (deep.Outcome, deep.States, deep.Steps));
    }

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
        var verdict = ModelChecker.Check(some);
        var all = ModelChecker.Check(new RaftModel(bounds with { Symmetry = false }));
        Assert.Equal((all.Outcome, all.States, all.Depth), (verdict.Outcome, some.Represented, verdict.Depth));
        Assert.True(verdict.States * 5 < all.States, $"{verdict.States} states instead of {all.States}");
    }

    private void Check(RaftModelBounds bounds)
    {
        var model = new RaftModel(bounds);
        var verdict = ModelChecker.Check(model);
        output.WriteLine($"{bounds}: {verdict}, for {model.Represented} with the servers renamed");
        var options = (bounds.SlowDisk ? ", slow disk" : "") + (bounds.Liveness ? $", {bounds.Candidates} candidates, liveness" : "");
        GoldenStates.Match($"raft of {bounds.Servers}, {bounds.Terms} terms, {bounds.Commands} commands, {bounds.Crashes} crashes{options}", verdict);
    }
}
